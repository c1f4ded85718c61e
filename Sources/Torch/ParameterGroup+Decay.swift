extension ParameterGroup {
  /// Two groups: weights of rank 2 and more are decayed, biases and batch-norm gains are not.
  public static func decayingOnlyWeights(
    _ parameters: [NamedTensor], weightDecay: Double, learningRateScale: Double = 1
  ) -> [ParameterGroup] {
    [
      ParameterGroup(
        parameters: parameters.filter { $0.tensor.rank > 1 },
        learningRateScale: learningRateScale, weightDecay: weightDecay),
      ParameterGroup(
        parameters: parameters.filter { $0.tensor.rank <= 1 },
        learningRateScale: learningRateScale, weightDecay: 0),
    ]
  }
}
