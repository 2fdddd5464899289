import { createHash } from 'node:crypto';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Names, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** What a role must be allowed for the sake of an endpoint. */
export interface RightsForEndpoint {
  readonly role: iam.IRole;
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
  for (const { role, statements } of rights) {
    byRole.set(role, [...byRole.get(role) ?? [], ...statements]);
  }
  return [...byRole].filter(([, statements]) => statements.length > 0).map(([role, statements]) => {
    const id = `Rights${hashOf(endpoint, [role.roleArn, statements.map((statement) => statement.toStatementJson())])}`;
    return attach(endpoint, id, role, statements);
  });
}

/** A policy on a role that others may have policies on, in other stacks and regions too. */
export function attach(endpoint: Construct, id: string, role: iam.IRole, statements: iam.PolicyStatement[]): iam.Policy {
  const region = Stack.of(endpoint).region;
  const suffix = Token.isUnresolved(region) ? `-${region}` : '';
  const policy = new iam.Policy(endpoint, id, {
    policyName: `${Names.uniqueResourceName(endpoint, { maxLength: 80 })}${id}${suffix}`,
    statements,
  });
  role.attachInlinePolicy(policy);
  return policy;
}

function hashOf(scope: Construct, content: unknown): string {
  return createHash('sha256').update(JSON.stringify(Stack.of(scope).resolve(content))).digest('hex').slice(0, 8);
}
