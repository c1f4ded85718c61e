extension MethodCatalog {
  static let imports = [weights]

  static let weights = MethodDefinition(
    kind: .importing, name: "weights",
    summary: "weights from a safetensors or .pth file with torchvision's or timm's names",
    options: backbone + [
      OptionDefinition(
        "prefix", .text, .text(""),
        "what stands before the names in the file, such as encoder_q.; found where it is not given")
    ])
}
