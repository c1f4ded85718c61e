/// Choosing by bits: what SIMD's masks do goes lane by lane on x86 without AVX-512.
extension SIMD4<Float> {
  @inline(__always)
  var bits: SIMD4<Int32> { unsafeBitCast(self, to: SIMD4<Int32>.self) }

  @inline(__always)
  init(bits: SIMD4<Int32>) { self = unsafeBitCast(bits, to: SIMD4<Float>.self) }

  /// 0 in place of negative numbers.
  @inline(__always)
  var positivePart: Self { Self(bits: bits & ~(bits &>> 31)) }
}
