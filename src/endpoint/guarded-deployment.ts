import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { CfnEndpoint } from 'aws-cdk-lib/aws-sagemaker';
import { type Construct, DependencyGroup } from 'constructs';
import { DeploymentStrategy } from './deployment-strategy';
import { attach } from './endpoint-rights';
import type { EndpointVariant } from './endpoint-variant';
import { describeAlarmsStatement, RollbackAlarms, type RollbackTarget } from './rollback-alarms';
import type { VariantWarning } from './variant-source';
import { placeable } from '../model/placeable-model';
import { throwIfAny, type Violation } from '../private/errors';

/** How an endpoint is updated, as far as its user says. */
export interface GuardedDeploymentOptions {
  readonly deployment?: DeploymentStrategy;
  readonly rollbackAlarms?: RollbackAlarms;
  readonly shadow?: EndpointVariant;
}

/** SageMaker takes no more alarms than these. */
const MOST_ALARMS = 10;

/** The way an endpoint is updated, and the alarms that undo an update. */
export class GuardedDeployment {
  /** The way that was asked for, or a safe one; undefined where SageMaker offers no choice. */
  public static of(variants: EndpointVariant[], options: GuardedDeploymentOptions): GuardedDeployment | undefined {
    const strategy = options.deployment ?? (variants.some(isUnguarded) ? undefined : DeploymentStrategy.allAtOnce());
    return strategy === undefined ? undefined : new GuardedDeployment(strategy, variants, options);
  }

  private readonly rollbackAlarms: RollbackAlarms;
  private readonly alarms: cloudwatch.IAlarm[] = [];
  private readonly permissions = new DependencyGroup();
  private scope?: Construct;
  private roles: iam.IRole[] = [];

  private constructor(
    private readonly strategy: DeploymentStrategy, private readonly variants: EndpointVariant[], private readonly options: GuardedDeploymentOptions,
  ) {
    const knowsRoles = variants.every(({ _facts: { models } }) => models.every((model) => placeable(model) !== undefined));
    this.rollbackAlarms = options.rollbackAlarms ?? (knowsRoles && strategy._hasBaking ? RollbackAlarms.recommended() : RollbackAlarms.none());
  }

  /** What is wrong with it for these variants. */
  public check(): Violation[] {
    return this.strategy._check('deployment', this.variants, { hasShadow: this.options.shadow !== undefined });
  }

  /** What will probably not work. */
  public warnings(): VariantWarning[] {
    return [...this.strategy._warnings(this.variants), ...this.rollbackAlarms._warnings(this.strategy)];
  }

  /**
   * Makes the alarms.
   *
   * @param endpoint what must wait for the alarms, and for the right to look at them
   * @param roles the roles of the models, with which SageMaker looks at the alarms
   */
  public bind(endpoint: CfnEndpoint, roles: iam.IRole[], target: RollbackTarget): void {
    this.scope = target.scope;
    this.roles = [...new Set(roles)];
    endpoint.node.addDependency(this.permissions);
    this.rollbackAlarms._bind(target).forEach((alarm) => this.add(alarm));
  }

  /** Makes one more alarm undo updates. */
  public add(alarm: cloudwatch.IAlarm): void {
    if (this.alarms.includes(alarm)) {
      return;
    }
    throwIfAny(this.scope!, this.alarms.length < MOST_ALARMS ? [] : [{
      property: 'rollbackAlarms', rule: `must be at most ${MOST_ALARMS} alarms`, got: this.alarms.length + 1, remedy: 'combine the metrics of some in a MathExpression',
    }]);
    if (this.alarms.length === 0) {
      this.permissions.add(...this.roles.map((role, index) => this.letLook(role, index)));
    }
    this.alarms.push(alarm);
  }

  /** The endpoint's configuration for updates. */
  public render(): CfnEndpoint.DeploymentConfigProperty {
    return this.strategy._render(this.alarms.map(({ alarmName }) => alarmName));
  }

  /** SageMaker looks at the alarms with the roles of the models. */
  private letLook(role: iam.IRole, index: number): iam.Policy {
    return attach(this.scope!, `RollbackAlarmsRights${index === 0 ? '' : index + 1}`, role, [
      describeAlarmsStatement(this.alarms),
    ]);
  }
}

/** SageMaker updates these all at once, without looking at alarms. */
function isUnguarded({ _facts: { isServerless, hasElasticInference, instanceTypes } }: EndpointVariant): boolean {
  return isServerless || hasElasticInference || instanceTypes.some((type) => type._family === 'inf1');
}
