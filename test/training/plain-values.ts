import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

const PSEUDO_PARAMETERS: { readonly [name: string]: string } = {
  'AWS::Partition': 'aws', 'AWS::AccountId': '123456789012', 'AWS::Region': 'us-east-1', 'AWS::URLSuffix': 'amazonaws.com',
};

/** What resources are called once they are there, by their types, or their types and attributes. */
const NAMES: { readonly [type: string]: string } = {
  'AWS::EC2::SecurityGroup.GroupId': 'sg-0123456789abcdef0',
  'AWS::EC2::Subnet': 'subnet-0123456789abcdef0',
  'AWS::EFS::FileSystem': 'fs-0123456789abcdef0',
  'AWS::IAM::Role.Arn': 'arn:aws:iam::123456789012:role/Training',
  'AWS::KMS::Key.Arn': 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  'AWS::S3::Bucket': 'bucket',
};

/** A value as it is once the stack is deployed in us-east-1. */
export function plainValue(stack: Stack, value: unknown): unknown {
  const template = Template.fromStack(stack).toJSON();
  const plain = (given: any): any => {
    if (Array.isArray(given)) {
      return given.map(plain);
    }
    if (typeof given !== 'object' || given === null) {
      return given;
    }
    const [[name, argument]] = [...Object.entries<any>(given), ['', undefined]];
    switch (name) {
      case 'Ref': return PSEUDO_PARAMETERS[argument] ?? named(template.Resources[argument].Type);
      case 'Fn::GetAtt': return named(`${template.Resources[argument[0]].Type}.${argument[1]}`);
      case 'Fn::Join': return plain(argument[1]).join(argument[0]);
      case 'Fn::FindInMap': return plain(argument).reduce((found: any, key: string) => found[key], template.Mappings);
      case 'Fn::Sub': return Object.entries(PSEUDO_PARAMETERS).reduce((text, [key, known]) => text.replaceAll(`\${${key}}`, known), argument);
      default: return Object.fromEntries(Object.entries(given).map(([key, inner]) => [key, plain(inner)]));
    }
  };
  return plain(stack.resolve(value));
}

function named(type: string): string {
  if (NAMES[type] === undefined) {
    throw new Error(`there is no name for ${type}`);
  }
  return NAMES[type];
}
