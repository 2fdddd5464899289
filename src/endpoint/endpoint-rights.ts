import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { placeable } from '../model/placeable-model';
import type { ITensorFlowModel } from '../model/tensorflow-model';
import { hashOf } from '../private/hash';
import { RolePolicy, warnOfMissingRights } from '../private/role-policy';

/** What the role of a model must be allowed for the sake of an endpoint. */
export interface RightsForEndpoint {
  readonly model: ITensorFlowModel;
  readonly statements: iam.PolicyStatement[];
}

/**
 * Gives the roles of an endpoint's models what the endpoint needs beyond the models themselves.
 *
 * The policies are named by what is in them: while an endpoint is updated, its old instances need the old ones, which
 * CloudFormation takes away only afterwards.
 */
export function grantForEndpoint(endpoint: Construct, rights: RightsForEndpoint[]): iam.Policy[] {
  const byRole = new Map<iam.IRole, iam.PolicyStatement[]>();
  for (const { model, statements } of rights) {
    const role = placeable(model)?.role;
    if (role === undefined) {
      warnOfMissingRights(endpoint, `The role of the imported model ${model.node.id}`, statements);
    } else {
      byRole.set(role, [...byRole.get(role) ?? [], ...statements]);
    }
  }
  return [...byRole].filter(([, statements]) => statements.length > 0).flatMap(([role, statements]) => {
    const id = `Rights${hashOf(endpoint, [role.roleArn, statements.map((statement) => statement.toStatementJson())])}`;
    const policy = new RolePolicy(endpoint, id, role, statements);
    if (!policy.hasRole) {
      warnOfMissingRights(endpoint, `The role ${role.node.id}`, statements);
    }
    return [policy];
  });
}
