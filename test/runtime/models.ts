/** The signatures of the model that the examples serve, as its types would be generated. */
export interface HalfPlusThree {
  'serving_default': {
    inputs: { x: { dtype: 'DT_FLOAT'; shape: null } };
    outputs: { y: { dtype: 'DT_FLOAT'; shape: null } };
  };
  'tensorflow/serving/predict': {
    inputs: { x: { dtype: 'DT_FLOAT'; shape: [-1, 1] } };
    outputs: { y: { dtype: 'DT_FLOAT'; shape: [-1, 1] } };
  };
  'tensorflow/serving/regress': {
    inputs: { inputs: { dtype: 'DT_STRING'; shape: [-1] } };
    outputs: { outputs: { dtype: 'DT_FLOAT'; shape: [-1, 1] } };
  };
  'tensorflow/serving/classify': {
    inputs: { inputs: { dtype: 'DT_STRING'; shape: [-1] } };
    outputs: { classes: { dtype: 'DT_STRING'; shape: [-1, 2] }; scores: { dtype: 'DT_FLOAT'; shape: [-1, 2] } };
  };
  'classify_scores': {
    inputs: { inputs: { dtype: 'DT_STRING'; shape: [-1] } };
    outputs: { scores: { dtype: 'DT_FLOAT'; shape: [-1, 2] } };
  };
}

/** The signatures of a model with several inputs and outputs of all kinds, but none that is the default. */
export interface Multi {
  everything: {
    inputs: {
      amount: { dtype: 'DT_DOUBLE'; shape: [-1, 2] };
      serial: { dtype: 'DT_INT64'; shape: [-1] };
      flag: { dtype: 'DT_BOOL'; shape: [-1] };
      text: { dtype: 'DT_STRING'; shape: [-1] };
    };
    outputs: {
      amount: { dtype: 'DT_DOUBLE'; shape: [-1, 2] };
      serial: { dtype: 'DT_INT64'; shape: [-1] };
      text: { dtype: 'DT_STRING'; shape: [-1] };
      text_bytes: { dtype: 'DT_STRING'; shape: [-1] };
    };
  };
  totals: {
    inputs: { ids: { dtype: 'DT_INT64'; shape: [-1] }; scale: { dtype: 'DT_DOUBLE'; shape: [] } };
    outputs: { number: { dtype: 'DT_INT32'; shape: [] }; sum: { dtype: 'DT_INT64'; shape: [] } };
  };
  image: {
    inputs: { pixels: { dtype: 'DT_UINT8'; shape: readonly [-1, 2, 2, 3] } };
    outputs: { image_bytes: { dtype: 'DT_STRING'; shape: readonly [-1] } };
  };
}
