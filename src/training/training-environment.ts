import { Token, Tokenization } from 'aws-cdk-lib/core';
import { checkInteger } from '../private/checks';
import type { Violation } from '../private/errors';

const MOST = 100;
const LONGEST = 512;

/** Variables that the container takes for its own settings, with what to use instead. */
const TAKEN: { readonly [variable: string]: string } = {
  SAGEMAKER_PROGRAM: 'give the entry point to `code`',
  SAGEMAKER_SUBMIT_DIRECTORY: 'use `code`',
  SAGEMAKER_CONTAINER_LOG_LEVEL: 'use `logLevel`',
};

/** Settings of TensorFlow that it reads from variables. */
export interface TensorFlowSettings {
  readonly oneDnn?: boolean;
  readonly intraOpThreads?: number;
  readonly interOpThreads?: number;
  readonly environment?: { readonly [variable: string]: string };
}

/** The variables of the container. */
export function renderEnvironment(settings: TensorFlowSettings): { readonly [variable: string]: string } | undefined {
  const all = { ...typedVariables(settings), ...settings.environment };
  return Object.keys(all).length > 0 ? all : undefined;
}

/** Finds fault with the variables of the container. */
export function checkTrainingEnvironment(settings: TensorFlowSettings): Violation[] {
  const { environment = {}, intraOpThreads, interOpThreads } = settings;
  const typed = typedVariables(settings);
  const count = Object.keys({ ...typed, ...environment }).length;
  return [
    ...checkInteger('intraOpThreads', intraOpThreads, { min: 0, max: 2 ** 31 - 1 }),
    ...checkInteger('interOpThreads', interOpThreads, { min: 0, max: 2 ** 31 - 1 }),
    ...count > MOST ? [{ property: 'environment', rule: `must have at most ${MOST} entries`, got: count }] : [],
    ...Object.entries(environment).flatMap(([variable, value]) => [
      ...checkVariable(variable), ...checkValue(`environment.${variable}`, value, typed[variable]),
    ]),
  ];
}

function typedVariables({ oneDnn, intraOpThreads, interOpThreads }: TensorFlowSettings): { readonly [variable: string]: string } {
  return {
    ...oneDnn !== undefined ? { TF_ENABLE_ONEDNN_OPTS: oneDnn ? '1' : '0' } : {},
    ...intraOpThreads !== undefined ? { TF_NUM_INTRAOP_THREADS: Tokenization.stringifyNumber(intraOpThreads) } : {},
    ...interOpThreads !== undefined ? { TF_NUM_INTEROP_THREADS: Tokenization.stringifyNumber(interOpThreads) } : {},
  };
}

function checkVariable(variable: string): Violation[] {
  if (TAKEN[variable] !== undefined) {
    return [{ property: `environment.${variable}`, rule: 'must not be given: the container takes it for a setting of its own', remedy: TAKEN[variable] }];
  }
  return Token.isUnresolved(variable) || /^[a-zA-Z_][a-zA-Z0-9_]{0,511}$/.test(variable) ? [] : [{
    property: 'environment', got: variable, rule: `must have keys of at most ${LONGEST} letters, digits and _, the first no digit`,
  }];
}

function checkValue(property: string, value: string, typed: string | undefined): Violation[] {
  if (Token.isUnresolved(value)) {
    return [];
  }
  if (typeof value !== 'string') { // as of process.env.ANY!
    return [{ property, rule: `must be a text, not ${value}` }];
  }
  return [
    ...value.length > LONGEST ? [{ property, rule: `must be at most ${LONGEST} characters long`, got: value.length }] : [],
    ...typed !== undefined && typed !== value ? [{
      property, rule: `contradicts the typed option that sets it to "${typed}"`, got: value, remedy: 'give one of them',
    }] : [],
  ];
}
