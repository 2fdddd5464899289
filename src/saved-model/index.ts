export { findSavedModels, type FindOptions, type FoundModel, type FoundVersion } from './discovery';
export { type Variable } from './checkpoint';
export { SavedModelError } from './errors';
export { type SignatureFeature } from './features';
export { type MetaGraph, type Signature, type SignatureTensor } from './meta-graph';
export { readSavedModel, type SavedModel } from './saved-model';
