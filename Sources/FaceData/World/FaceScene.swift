/// Everything that decides one picture.
struct FaceScene {
  let seed: UInt64
  let index: Int
  let identity: Int

  init(settings: FaceWorldSettings, index: Int, identity: Int) {
    seed = UInt64(bitPattern: Int64(settings.seed))
    (self.index, self.identity) = (index, identity)
  }
}
