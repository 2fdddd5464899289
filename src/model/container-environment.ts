import { Annotations, type Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ModelUse } from './placeable-model';
import { checkEnvironment, checkServingOptions, ignoredVariables, longerTimeouts, servingEnvironment } from './serving-environment';
import type { TensorFlowServingOptions } from './serving-options';
import { throwIfAny, type Violation } from '../private/errors';
import { hashOf } from '../private/hash';

/** What the variables of a container come from. */
export interface EnvironmentOptions extends TensorFlowServingOptions {
  readonly environment?: { readonly [key: string]: string };
}

/** What is wrong with them. */
export function checkEnvironmentOptions(options: EnvironmentOptions): Violation[] {
  return [
    ...checkServingOptions(options),
    ...checkEnvironment(options.environment ?? {}, servingEnvironment(options)),
  ];
}

/** The variables of a container: those for every use, and those that only some uses need. */
export interface ContainerEnvironment {
  /** The variables for every use. */
  readonly variables: { readonly [key: string]: string };
  /** What a use needs beyond the variables for every use, in a word; empty where that is nothing. */
  key(user: Construct, use: ModelUse): string;
  /** The variables for a use; undefined where there are none. */
  render(host: Construct, use: ModelUse): { readonly [key: string]: string } | undefined;
}

/** The variables of a container that is not known to read any of them. */
export class FixedEnvironment implements ContainerEnvironment {
  constructor(public readonly variables: { readonly [key: string]: string }) {}

  public key(): string {
    return '';
  }

  public render(): { readonly [key: string]: string } | undefined {
    return Object.keys(this.variables).length > 0 ? this.variables : undefined;
  }
}

/** The variables of a container of TensorFlow Serving. */
export class ServingEnvironment implements ContainerEnvironment {
  public readonly variables: { readonly [key: string]: string };

  private readonly invocationTimeout?: Duration;

  /**
   * @param added variables that neither an option nor the user sets
   * @param waitsForLoading whether the time that a model has to load is also that of an answer of TensorFlow Serving
   */
  constructor(
    scope: Construct, options: EnvironmentOptions, added: { readonly [key: string]: string }, private readonly waitsForLoading: boolean,
  ) {
    const given = options.environment ?? {};
    const others = { ...added, ...servingEnvironment(options) };
    throwIfAny(scope, checkEnvironment(given, others));
    for (const { variable, remedy } of ignoredVariables(given)) {
      Annotations.of(scope).addWarningV2('cdk-tensorflow-serving:variableNotRead', `TensorFlow's serving container does not read ${variable}: ${remedy}`);
    }
    this.variables = { ...others, ...given };
    this.invocationTimeout = options.invocationTimeout;
  }

  public key(user: Construct, use: ModelUse): string {
    const timeout = this.timeout(use);
    if (timeout === undefined || Object.keys(this.further(timeout)).length === 0) {
      return '';
    }
    return `Async${timeout.isUnresolved() ? hashOf(user, timeout.toSeconds()) : timeout.toSeconds()}`;
  }

  public render(host: Construct, use: ModelUse): { readonly [key: string]: string } | undefined {
    const timeout = this.timeout(use);
    const all = timeout === undefined ? this.variables : { ...this.variables, ...this.further(timeout) };
    throwIfAny(host, checkEnvironment(all, {}));
    return Object.keys(all).length > 0 ? all : undefined;
  }

  /** How long a request may take, where that is up to the use. */
  private timeout(use: ModelUse): Duration | undefined {
    return use.asyncInvocationTimeout === undefined ? undefined : this.invocationTimeout ?? use.asyncInvocationTimeout;
  }

  private further(timeout: Duration): { readonly [key: string]: string } {
    return longerTimeouts(this.variables, timeout, this.waitsForLoading);
  }
}
