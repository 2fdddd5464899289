/* Prints the request of each configuration of the matrix as JSON, as it is sent once the stack is deployed, and the families that are trained on. */
import { App, Stack } from 'aws-cdk-lib';
import { TRAINING_FAMILIES } from '../../src/training/training-instances';
import { plainValue } from '../training/plain-values';
import { MATRIX } from '../training/request-matrix';
import { requestIn } from '../training/training-support';

const requests = Object.fromEntries(Object.entries(MATRIX).map(([name, more]) => {
  const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'us-east-1' } });
  return [name, plainValue(stack, requestIn(stack, more(stack)).parameters)];
}));

process.stdout.write(JSON.stringify({ requests, families: TRAINING_FAMILIES }));
