import type { ModelArtifact } from './model-artifact';

/** Whatever trains a model while it is deployed. */
export interface ITrainedModel {
  /** The model, for what serves it. */
  readonly artifact: ModelArtifact;
}
