import { Token } from 'aws-cdk-lib/core';
import { pythonJson } from './python-json';
import type { Violation } from '../private/errors';

const MOST = 100;
const LONGEST_NAME = 256;
const LONGEST_VALUE = 2500;

/** What has no meaning to a shell, as Python's `shlex.quote` sees it. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** Hyperparameters that the container keeps for itself, with the property to use instead. */
const RESERVED: { readonly [name: string]: string | undefined } = {
  model_dir: 'use `modelDir`',
  sagemaker_program: 'give the entry point to `code`',
  sagemaker_submit_directory: 'use `code`',
  sagemaker_container_log_level: 'use `logLevel`',
  sagemaker_parameter_server_enabled: 'use `distribution`',
  sagemaker_mpi_enabled: 'use `distribution`',
  sagemaker_mpi_num_of_processes_per_host: 'use `distribution`',
  sagemaker_mpi_custom_mpi_options: 'use `distribution`',
  sagemaker_multi_worker_mirrored_strategy_enabled: 'use `distribution`',
  sagemaker_distributed_dataparallel_enabled: 'use `distribution`',
  sagemaker_distributed_dataparallel_custom_mpi_options: 'use `distribution`',
  sagemaker_distribution_instance_groups: 'use `distribution`',
  _tuning_objective_metric: undefined,
  default_user_module_name: undefined,
};

/** Hyperparameters by their names. */
export interface Hyperparameters {
  readonly [name: string]: unknown;
}

/** The hyperparameters as the training container reads them: each value is a JSON text. Those that are undefined are left out. */
export function renderHyperparameters(values: Hyperparameters): { [name: string]: string } {
  return Object.fromEntries(given(values).map(([name, value]) => [name, pythonJson(name, value, [])]));
}

/**
 * Finds fault with hyperparameters of a user.
 *
 * @param others how many the job has beside them
 */
export function checkHyperparameters(values: Hyperparameters, others: number): Violation[] {
  const entries = given(values);
  return [
    ...entries.length + others > MOST ? [{
      property: 'hyperparameters',
      rule: `must be at most ${MOST - others}, because ${others} of the ${MOST} that SageMaker takes are for the container`,
      got: entries.length,
      remedy: 'put several into one, as a map, or into a file with the code',
    }] : [],
    ...entries.flatMap(([name, value]) => [...checkName(name), ...checkValue(name, value)]),
  ];
}

/** The hyperparameters that a shell makes something else of, on the way to the script. */
export function changedByShell(values: Hyperparameters): string[] {
  return given(values).filter(([, value]) => !Token.isUnresolved(value) && !PLAIN.test(argumentOf(value))).map(([name]) => name);
}

function given(values: Hyperparameters): [name: string, value: unknown][] {
  return Object.entries(values).filter(([, value]) => value !== undefined);
}

function checkName(name: string): Violation[] {
  const property = `hyperparameters.${name}`;
  if (name.startsWith('sagemaker_') || Object.keys(RESERVED).includes(name)) {
    return [{ property, rule: 'has a name that the container keeps for itself', remedy: RESERVED[name] ?? 'use another name' }];
  }
  if (name.length > LONGEST_NAME) {
    return [{ property: 'hyperparameters', rule: `must have names of at most ${LONGEST_NAME} characters`, got: name.length }];
  }
  return Token.isUnresolved(name) || PLAIN.test(name) ? [] : [{
    property: 'hyperparameters',
    rule: 'must have names of letters, digits and _@%+=:,./-, because the script gets them as arguments, such as --learning-rate',
    got: name,
  }];
}

function checkValue(name: string, value: unknown): Violation[] {
  const property = `hyperparameters.${name}`;
  const violations: Violation[] = [];
  const text = pythonJson(property, value, violations);
  if (!Token.isUnresolved(text) && text.length > LONGEST_VALUE) {
    violations.push({
      property, rule: `must be at most ${LONGEST_VALUE} characters long as JSON`, got: text.length, remedy: 'put it into a file with the code',
    });
  }
  return violations;
}

/** The argument that the script gets, as far as it matters to a shell. */
function argumentOf(value: unknown): string {
  return value === null ? '' : typeof value === 'object' ? pythonJson('', value, []) : String(value);
}
