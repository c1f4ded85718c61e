// Stub, to be deleted when the module has its first file.
