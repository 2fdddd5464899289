/**
 * The machine image of instances with GPUs, with its NVIDIA driver.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformResources.html
 */
export class TransformAmiVersion {
  /** Amazon Linux 2, NVIDIA driver 470. */
  public static readonly AL2_GPU_470 = new TransformAmiVersion('al2-ami-sagemaker-batch-gpu-470');
  /** Amazon Linux 2, NVIDIA driver 535. */
  public static readonly AL2_GPU_535 = new TransformAmiVersion('al2-ami-sagemaker-batch-gpu-535');

  /** Any other version, by the name that SageMaker gives it. */
  public static of(amiVersion: string): TransformAmiVersion {
    return new TransformAmiVersion(amiVersion);
  }

  private constructor(private readonly name: string) {}

  /** The name that SageMaker gives the version. */
  public toString(): string {
    return this.name;
  }
}
