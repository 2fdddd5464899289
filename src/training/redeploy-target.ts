/** Whose models these are: of one job in one stack. */
export interface Owner {
  readonly stackId: string;
  /** What the names of the training jobs begin with, up to a hyphen; those of models and endpoint configurations begin so too. */
  readonly trainingJobNamePrefix: string;
  /** Where all its training jobs write, each under its name. */
  readonly outputUri: string;
  /** What is deployed. */
  readonly revision: string;
}

/** What gets the models of a job. */
export interface RedeployTarget extends Owner {
  readonly endpointName: string;
  /** The variants that serve what the job makes. */
  readonly variantNames: readonly string[];
  /** What the endpoint keeps in updates, as it was deployed. */
  readonly retainAllVariantProperties?: boolean;
  readonly excludeRetainedVariantProperties?: readonly { readonly variantPropertyType: string }[];
}

/** The state of the state machine that calls the function. */
export const REDEPLOY = 'Redeploy';

/** The tag of the models that serve what a job has made: what was deployed when it made that. */
export const REVISION_TAG = 'cdk-tensorflow-serving:revision';
