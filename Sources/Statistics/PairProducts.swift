import Dispatch

/// Dot products of pairs of rows: cosines, where the rows are of unit length.
///
/// Rows are read where they lie, so millions of pairs need no room but for the answer. Every product is
/// added up in one order, whatever the number of threads.
/// - Parameters: rows: `[N, width]`, row-major; first, second: row numbers of each pair.
/// - Throws: `.wrongCount` where the counts do not fit, `.outOfRange` for a row that there is not.
public func pairProducts(
  _ rows: [Float], width: Int, first: [Int32], second: [Int32], threads: Int = 2
) throws -> [Float] {
  guard width > 0, rows.count.isMultiple(of: width), first.count == second.count else {
    throw StatisticsError(
      .wrongCount,
      "\(rows.count) numbers are no rows of \(width), or there are \(first.count) first and "
        + "\(second.count) second rows.")
  }
  let count = Int32(rows.count / width)
  guard first.allSatisfy({ 0 <= $0 && $0 < count }), second.allSatisfy({ 0 <= $0 && $0 < count })
  else {
    throw StatisticsError(.outOfRange, "A pair names a row outside of the \(count) there are.")
  }
  let parts = max(1, min(threads, first.count / 4096))
  return unsafe [Float](unsafeUninitializedCapacity: first.count) { result, filled in
    nonisolated(unsafe) let result = unsafe result
    unsafe rows.withUnsafeBufferPointer { rows in
      nonisolated(unsafe) let rows = unsafe rows
      DispatchQueue.concurrentPerform(iterations: parts) { part in
        for pair in part * first.count / parts..<(part + 1) * first.count / parts {
          let (a, b) = (Int(first[pair]) * width, Int(second[pair]) * width)
          unsafe result[pair] = unsafe product(rows, a, b, width)
        }
      }
    }
    filled = first.count
  }
}

@inline(__always)
private func product(
  _ rows: UnsafeBufferPointer<Float>, _ a: Int, _ b: Int, _ width: Int
) -> Float {
  let bytes = UnsafeRawBufferPointer(rows)
  var sums = SIMD16<Float>()
  let whole = width & ~15
  for column in stride(from: 0, to: whole, by: 16) {
    let x = unsafe bytes.loadUnaligned(fromByteOffset: 4 * (a + column), as: SIMD16<Float>.self)
    let y = unsafe bytes.loadUnaligned(fromByteOffset: 4 * (b + column), as: SIMD16<Float>.self)
    sums += x * y
  }
  var sum = sums.sum()
  for column in whole..<width { sum += unsafe rows[a + column] * rows[b + column] }
  return sum
}
