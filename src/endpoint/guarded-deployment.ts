import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnEndpoint } from 'aws-cdk-lib/aws-sagemaker';
import { type Construct, DependencyGroup } from 'constructs';
import { DeploymentStrategy } from './deployment-strategy';
import type { EndpointVariant } from './endpoint-variant';
import { describeAlarmsStatement, MOST_ALARMS, RollbackAlarms, type RollbackTarget } from './rollback-alarms';
import { whyUnguarded } from './variant-checks';
import type { VariantWarning } from './variant-source';
import { placeable } from '../model/placeable-model';
import type { ITensorFlowModel } from '../model/tensorflow-model';
import { throwIfAny, type Violation } from '../private/errors';
import { hashOf } from '../private/hash';
import { RolePolicy, warnOfMissingRights } from '../private/role-policy';

/** How an endpoint is updated, as far as its user says. */
export interface GuardedDeploymentOptions {
  readonly deployment?: DeploymentStrategy;
  readonly rollbackAlarms?: RollbackAlarms;
  readonly shadow?: EndpointVariant;
}

/** Between how many instances a variant is scaled. */
export interface InstanceRange {
  readonly min: number;
  readonly max: number;
}

/** The way an endpoint is updated, and the alarms that undo an update. */
export class GuardedDeployment {
  /** The way that was asked for, or a safe one; undefined where SageMaker offers no choice. */
  public static of(variants: EndpointVariant[], options: GuardedDeploymentOptions): GuardedDeployment | undefined {
    const strategy = options.deployment ?? (variants.some(isUnguarded) ? undefined : DeploymentStrategy.allAtOnce());
    return strategy === undefined ? undefined : new GuardedDeployment(strategy, variants, options);
  }

  private readonly alarms: cloudwatch.IAlarm[] = [];
  private readonly permissions = new DependencyGroup();
  private scope?: Construct;
  private rights: RightToLook[] = [];

  private constructor(
    private readonly strategy: DeploymentStrategy, private readonly variants: EndpointVariant[], private readonly options: GuardedDeploymentOptions,
  ) {}

  /** What is wrong with it for these variants. */
  public check(): Violation[] {
    return this.strategy._check('deployment', this.variants, { hasShadow: this.options.shadow !== undefined });
  }

  /** What will probably not work. */
  public warnings(): VariantWarning[] {
    return [...this.strategy._warnings(this.variants), ...this.options.rollbackAlarms?._warnings(this.strategy) ?? []];
  }

  /** What will probably not work with any number of instances that a variant is scaled to. */
  public warningsWhenScaled(variantName: string, range: InstanceRange): VariantWarning[] {
    return this.strategy._warningsWhenScaled(variantName, range);
  }

  /**
   * Makes the alarms.
   *
   * @param endpoint what must wait for the alarms, and for the right to look at them
   * @param models the models, with whose roles SageMaker looks at the alarms
   */
  public bind(endpoint: CfnEndpoint, models: ITensorFlowModel[], target: RollbackTarget): void {
    this.scope = target.scope;
    this.rights = rightsToLook(target.scope, [...new Set(models)]);
    endpoint.node.addDependency(this.permissions);
    // nobody has asked for those that are there by default: where they could not be looked at, there are none
    const canLook = this.rights.every(({ policy }) => policy?.hasRole === true);
    const byDefault = canLook && this.strategy._hasBaking ? RollbackAlarms.recommended() : RollbackAlarms.none();
    (this.options.rollbackAlarms ?? byDefault)._bind(target).forEach((alarm) => this.add(alarm));
  }

  /** Makes one more alarm undo updates. */
  public add(alarm: cloudwatch.IAlarm): void {
    if (this.alarms.includes(alarm)) {
      return;
    }
    throwIfAny(this.scope!, this.alarms.length < MOST_ALARMS ? [] : [{
      property: 'rollbackAlarms', rule: `must be at most ${MOST_ALARMS} alarms`, got: this.alarms.length + 1, remedy: 'combine the metrics of some in a MathExpression',
    }]);
    this.alarms.push(alarm);
    if (this.alarms.length === 1) {
      this.letLook();
    }
  }

  /** The endpoint's configuration for updates; none where SageMaker is left to itself. */
  public render(): CfnEndpoint.DeploymentConfigProperty | undefined {
    return this.strategy._render(this.alarms.map(({ alarmName }) => alarmName));
  }

  /** Lets SageMaker look at the alarms, with the roles of the models. */
  private letLook(): void {
    for (const { model, policy } of this.rights) {
      if (policy?.hasRole === true) {
        policy.addStatements(describeAlarmsStatement(this.alarms));
        this.permissions.add(policy);
      } else {
        warnOfMissingRights(this.scope!, `The role of the model ${model.node.id}`, [describeAlarmsStatement(this.alarms)]);
      }
    }
  }
}

/** The right of a model's role to look at alarms. */
interface RightToLook {
  readonly model: ITensorFlowModel;
  /** A policy that is empty as long as there are no alarms; none where the role is not known. */
  readonly policy?: RolePolicy;
}

/** Models whose roles are the same have one policy, for the first of them. */
function rightsToLook(scope: Construct, models: ITensorFlowModel[]): RightToLook[] {
  const roles = models.map((model) => placeable(model)?.role);
  return models.filter((_, index) => roles[index] === undefined || roles.indexOf(roles[index]) === index).map((model) => {
    const role = placeable(model)?.role;
    return { model, policy: role === undefined ? undefined : new RolePolicy(scope, `RollbackAlarmsRights${hashOf(scope, role.roleArn)}`, role, []) };
  });
}

/** SageMaker updates these all at once, without looking at alarms. */
function isUnguarded({ _facts }: EndpointVariant): boolean {
  return whyUnguarded('blueGreen', _facts) !== undefined;
}
