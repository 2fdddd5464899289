/**
 * The machine image of a variant's instances, with its NVIDIA driver and CUDA.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
 */
export class InferenceAmiVersion {
  /** Amazon Linux 2, NVIDIA driver 535, CUDA 12.2. */
  public static readonly AL2_GPU_2 = new InferenceAmiVersion('al2-ami-sagemaker-inference-gpu-2');
  /** Amazon Linux 2, NVIDIA driver 535, CUDA 12.2, with the NVIDIA Container Toolkit's CUDA-compat mounting disabled. */
  public static readonly AL2_GPU_2_1 = new InferenceAmiVersion('al2-ami-sagemaker-inference-gpu-2-1');
  /** Amazon Linux 2, NVIDIA driver 550, CUDA 12.4, CUDA-compat mounting disabled. */
  public static readonly AL2_GPU_3_1 = new InferenceAmiVersion('al2-ami-sagemaker-inference-gpu-3-1');
  /** Amazon Linux 2023, NVIDIA driver 580, CUDA 13.0, CUDA-compat mounting disabled. */
  public static readonly AL2023_GPU_4_1 = new InferenceAmiVersion('al2023-ami-sagemaker-inference-gpu-4-1');

  /** Any other version, by the name that SageMaker gives it. */
  public static of(inferenceAmiVersion: string): InferenceAmiVersion {
    return new InferenceAmiVersion(inferenceAmiVersion);
  }

  private constructor(private readonly name: string) {}

  /** The name that SageMaker gives the version. */
  public toString(): string {
    return this.name;
  }
}
