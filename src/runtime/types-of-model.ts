import { type Inputs, type Instances, type Outputs, type Predictions, type SignatureName, type Signatures } from './signatures';
import { type TypedExample } from './typed-example';

/** The `instances` that a signature of a model takes: `InstancesOf<HalfPlusThree>`. */
export type InstancesOf<M extends Signatures<M>, N extends SignatureName<M> = 'serving_default' & SignatureName<M>> = Instances<M[N]>;

/** The `inputs` that a signature of a model takes. */
export type InputsOf<M extends Signatures<M>, N extends SignatureName<M> = 'serving_default' & SignatureName<M>> = Inputs<M[N]>;

/** The `predictions` that a signature of a model gives. */
export type PredictionsOf<M extends Signatures<M>, N extends SignatureName<M> = 'serving_default' & SignatureName<M>> = Predictions<M[N]>;

/** The `outputs` that a signature of a model gives. */
export type OutputsOf<M extends Signatures<M>, N extends SignatureName<M> = 'serving_default' & SignatureName<M>> = Outputs<M[N]>;

/** One of the `examples` that a signature of a model takes. */
export type ExampleOf<M extends Signatures<M>, N extends SignatureName<M> = 'serving_default' & SignatureName<M>> = TypedExample<M[N]>;
