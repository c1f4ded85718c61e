print("facet-engine")
