import * as iam from 'aws-cdk-lib/aws-iam';
import { Annotations, Names, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** A policy on a role; on none, where the role was imported as one that cannot be changed, or is in another account. */
export class RolePolicy extends iam.Policy {
  private isOnRole = false;

  /**
   * Its name is one that no policy on that role has which was made elsewhere: in other stacks, of other regions too,
   * where the names would otherwise be the same.
   */
  constructor(scope: Construct, id: string, role: iam.IRole, statements: iam.PolicyStatement[]) {
    super(scope, id, {
      policyName: `${Names.uniqueResourceName(scope, { maxLength: 70 })}${id}-${Stack.of(scope).region}`,
      statements,
    });
    role.attachInlinePolicy(this);
  }

  /** The name; unlike that of other policies, it can be read while the policy is empty, which then is not made. */
  public get policyName(): string {
    return this.physicalName;
  }

  /** Whether the role has it. */
  public get hasRole(): boolean {
    return this.isOnRole;
  }

  public attachToRole(role: iam.IRole): void {
    this.isOnRole = true;
    super.attachToRole(role);
  }
}

/** Warns that a role has not been given rights, so that whoever owns it gives it them. */
export function warnOfMissingRights(scope: Construct, who: string, statements: iam.PolicyStatement[]): void {
  const actions = [...new Set(statements.flatMap((statement) => statement.actions))].sort();
  if (actions.length > 0) {
    Annotations.of(scope).addWarningV2('cdk-tensorflow-serving:rightsNotGranted',
      `${who} cannot be given rights here; see to it that it is allowed ${actions.join(', ')}`);
  }
}
