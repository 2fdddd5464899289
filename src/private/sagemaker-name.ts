import { checkPattern } from './checks';
import type { Violation } from './errors';

/** What SageMaker accepts as the name of most things. */
export const SAGEMAKER_NAME = /^(?=.{1,63}$)[a-zA-Z0-9](-*[a-zA-Z0-9])*$/;
export const SAGEMAKER_NAME_RULE = 'must be 1 to 63 letters, digits and hyphens, with a letter or digit first and last';

/** Finds fault with a name; a token is left to CloudFormation. */
export function checkSageMakerName(property: string, name: string | undefined): Violation[] {
  return checkPattern(property, name, SAGEMAKER_NAME, SAGEMAKER_NAME_RULE);
}
