import { checkPattern } from './checks';
import type { Violation } from './errors';

const NAME = /^[a-zA-Z0-9](?:-*[a-zA-Z0-9]){0,119}$/;

/** What a job can be a part of in SageMaker Experiments. */
export interface ExperimentNames {
  readonly experimentName?: string;
  readonly trialName?: string;
  readonly displayName?: string;
  readonly runName?: string;
}

/** Finds fault with what a job is said to be a part of. */
export function checkExperiment({ experimentName, trialName, displayName, runName }: ExperimentNames = {}): Violation[] {
  return Object.entries({ experimentName, trialName, displayName, runName }).flatMap(([property, name]) =>
    checkPattern(`experiment.${property}`, name, NAME, 'must be 1 to 120 letters, digits and hyphens, the first and the last no hyphen'));
}
