import CTorch

/// Where a C function stores an owned handle.
typealias HandleSlot = UnsafeMutablePointer<OpaquePointer?>

/// Calls the shim and turns its status and owned error into a throw.
///
/// - Parameters:
///   - operation: the operation's name, for the message.
///   - inputs: the tensors whose shapes the message states; looked at only on failure.
///   - shapesFit: false when the shapes are the cause; looked at only on failure.
func checked(
  _ operation: StaticString, _ inputs: @autoclosure () -> [Tensor] = [],
  shapesFit: @autoclosure () -> Bool = true, _ body: (HandleSlot) -> ft_status
) throws(TensorError) {
  var error: OpaquePointer?
  let status = body(&error)
  guard status != FT_OK else { return }
  defer { ft_error_free(error) }
  let reason = error.map { String(cString: ft_error_message($0)) } ?? "no memory for a message"
  throw failure("\(operation)", status, reason, inputs().map(\.shape), shapesFit())
}

/// As `checked`, for a call that makes one tensor.
func produce(
  _ operation: StaticString, _ inputs: @autoclosure () -> [Tensor] = [],
  shapesFit: @autoclosure () -> Bool = true, _ body: (HandleSlot, HandleSlot) -> ft_status
) throws(TensorError) -> Tensor {
  var result: OpaquePointer?
  try checked(operation, inputs(), shapesFit: shapesFit()) { error in body(&result, error) }
  guard let result else { throw TensorError(.torch, "\(operation): torch returned no tensor") }
  return Tensor(owning: result)
}

private func failure(
  _ operation: String, _ status: ft_status, _ reason: String, _ shapes: [[Int]], _ fits: Bool
) -> TensorError {
  let code: TensorError.Code =
    switch status {
    case FT_INDEX: .indexOutOfRange
    case FT_OUT_OF_MEMORY: .outOfMemory
    case FT_NOT_IMPLEMENTED: .unsupported
    case FT_ARGUMENT: .invalidArgument
    case FT_LOST_RANK: .lostRank
    default: fits ? .torch : .shapeMismatch
    }
  let given = shapes.map { "\($0)" }.joined(separator: " and ")
  let subject = shapes.isEmpty ? operation : "\(operation) of \(given)"
  var context = ["operation": operation]
  if !shapes.isEmpty { context["shapes"] = given }
  return TensorError(code, "\(subject): \(reason)", context: context)
}

/// Whether two shapes broadcast: from the right, sizes are equal or one of them is 1.
func broadcasts(_ a: [Int], _ b: [Int]) -> Bool {
  zip(a.reversed(), b.reversed()).allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 }
}

extension Array where Element == Tensor {
  /// Calls `body` with the handles, which stay alive meanwhile.
  func withHandles<Result>(_ body: (ft_list) -> Result) -> Result {
    let handles: [OpaquePointer?] = map(\.handle)
    return withExtendedLifetime(self) {
      handles.withUnsafeBufferPointer { body(ft_list(items: $0.baseAddress, count: $0.count)) }
    }
  }
}
