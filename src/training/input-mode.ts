/**
 * How training data gets to the container.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html
 */
export enum InputMode {
  /** SageMaker copies the data to the instances' volumes before training starts. */
  FILE = 'File',
  /** SageMaker streams the data through named pipes. */
  PIPE = 'Pipe',
  /** SageMaker streams the data, which looks to the script as if it were in files. */
  FAST_FILE = 'FastFile',
}
