import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ModelApprovalStatus } from './model-approval-status';
import type { ModelRegistration } from './model-registration';
import type { RegistrationRequest } from './registration-states';
import type { InstanceType } from '../images/instance-type';
import { TensorFlowImage } from '../images/tensorflow-image';
import type { TensorFlowVersion } from '../images/tensorflow-version';
import { checkEnvironmentOptions, ServingEnvironment } from '../model/container-environment';
import { artifactStatements } from '../model/model-permissions';
import { RightsOfRole } from '../model/rights-of-role';
import { checkPattern } from '../private/checks';
import { throwIfAny, type Violation } from '../private/errors';
import { nameInArn } from '../private/sagemaker-arn';
import { checkSageMakerName } from '../private/sagemaker-name';

const PROPERTY = 'registerIn';
const GROUP_ARN = /^arn:aws[a-z-]*:sagemaker:(?<region>[a-z0-9-]+):(?<account>\d{12}):model-package-group\/(?<name>[^/]+)$/;

/** Registers versions in the group. */
const REGISTER = ['sagemaker:CreateModelPackage'];

/** Looks at the image, for its digest; SageMaker does so with the rights of its caller. */
const FIND_IMAGE = ['ecr:BatchGetImage', 'ecr:DescribeImages'];

/** What the container takes when there is no inference code. */
const CONTENT_TYPES = ['application/json', 'application/jsonlines', 'text/csv'];

const MOST_METADATA = 50;
const METADATA_KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const METADATA_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u;

/** What is registered. */
export interface RegisteredModels {
  /** The release that the job trains with. */
  readonly version?: TensorFlowVersion;
  readonly bucket: s3.IBucket;
  /** What the keys of all models begin with. */
  readonly keyPrefix: string;
  /** The key that they are encrypted with, if that is not the bucket's own. */
  readonly encryptionKey?: kms.IKey;
  /** Whether each is one archive. */
  readonly isCompressed: boolean;
}

/** A request for each model, and what it takes. */
export interface BoundRegistration {
  readonly request: RegistrationRequest;
  /** The rights that the caller of SageMaker needs. */
  readonly statements: (role: iam.IRole) => iam.PolicyStatement[];
}

/** Finds fault with how models are registered. */
export function checkRegistration(scope: Construct, registration: ModelRegistration, jobVersion: TensorFlowVersion | undefined): Violation[] {
  const { _options: options } = registration;
  const of = (name: string) => `${PROPERTY}.${name}`;
  return [
    ...checkGroup(scope, registration),
    ...options.version !== undefined && options.image !== undefined ? [{
      property: of('version'), rule: 'and `image` exclude each other', got: options.version.toString(), remedy: 'give one of them',
    }] : [],
    ...(options.version ?? options.image ?? jobVersion) === undefined ? [{
      property: of('version'),
      rule: 'must be given, because the job has an image of its own, of which the version is not known',
      remedy: 'give the release of TensorFlow that serves, or an `image`',
    }] : [],
    ...options.image?._isPrivate === true ? [{
      property: of('image'), rule: 'must be in Amazon ECR: a model package can name no other registry', remedy: 'copy the image to Amazon ECR',
    }] : [],
    ...checkPattern(of('description'), options.description, /^[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]{0,1024}$/u,
      'must be at most 1024 characters, without line breaks'),
    ...checkPattern(of('sourceUri'), options.sourceUri, /^[\p{L}\p{M}\p{Z}\p{N}\p{P}]{0,1024}$/u,
      'must be at most 1024 letters, digits, spaces and punctuation marks'),
    ...(Token.isUnresolved(options.supportedContentTypes) ? [] : options.supportedContentTypes ?? []).flatMap((type, index) =>
      checkPattern(of(`supportedContentTypes[${index}]`), type, /^.{1,256}$/, 'must be 1 to 256 characters')),
    ...(['supportedContentTypes', 'realtimeInstanceTypes', 'transformInstanceTypes'] as const).flatMap((name) => options[name]?.length === 0 ? [{
      property: of(name), rule: 'must name at least one', remedy: 'leave it out',
    }] : []),
    ...checkMetadata(of('metadata'), options.metadata),
    ...checkEnvironmentOptions(options).map((violation) => ({ ...violation, property: of(violation.property) })),
  ];
}

/** Makes the request of what nothing is wrong with. What it needs is in the scope. */
export function bindRegistration(scope: Construct, registration: ModelRegistration, models: RegisteredModels): BoundRegistration {
  const { _options: options } = registration;
  const version = options.version ?? (options.image === undefined ? models.version : undefined);
  const image = options.image ?? TensorFlowImage._forServing(version!);
  const own = new Construct(scope, 'Registration');
  const boundImage = image._bind(own, { instanceType: instanceTypeFor(scope, image, options) });
  const environment = new ServingEnvironment(scope, options, {}, version?._answersWithinWaitTime === true).render(scope, {});
  const group = groupOf(scope, registration);
  return {
    request: {
      isCompressed: models.isCompressed,
      parameters: {
        ModelPackageGroupName: group.nameOrArn,
        ...options.description === undefined ? {} : { ModelPackageDescription: options.description },
        ModelApprovalStatus: options.approvalStatus ?? ModelApprovalStatus.PENDING_MANUAL_APPROVAL,
        ...options.metadata === undefined ? {} : { CustomerMetadataProperties: options.metadata },
        ...options.sourceUri === undefined ? {} : { SourceUri: options.sourceUri },
      },
      container: {
        Image: boundImage.imageUri,
        ...environment === undefined ? {} : { Environment: environment },
        ...version?.servingVersion === undefined ? {} : { Framework: 'TENSORFLOW', FrameworkVersion: version.servingVersion },
      },
      inference: {
        // the types of answers are left out: they are optional, and Step Functions has a spelling of its own for names with acronyms
        SupportedContentTypes: options.supportedContentTypes ?? CONTENT_TYPES,
        ...namesOf('SupportedRealtimeInferenceInstanceTypes', options.realtimeInstanceTypes),
        ...namesOf('SupportedTransformInstanceTypes', options.transformInstanceTypes),
      },
    },
    statements: (role) => {
      const pull = new RightsOfRole(role);
      boundImage.grantPull(pull);
      const repositories = pull.statements.filter(({ actions }) => actions.includes(FIND_IMAGE[0])).flatMap(({ resources }) => resources);
      return [
        new iam.PolicyStatement({ actions: REGISTER, resources: group.arns }),
        new iam.PolicyStatement({ actions: FIND_IMAGE, resources: repositories }),
        ...artifactStatements({
          bucket: models.bucket, key: models.keyPrefix, encryptionKey: models.encryptionKey ?? models.bucket.encryptionKey,
        }, false),
      ];
    },
  };
}

function checkGroup(scope: Construct, { _group: { resource, nameOrArn } }: ModelRegistration): Violation[] {
  const property = `${PROPERTY}.${resource === undefined ? 'modelPackageGroupName' : 'group'}`;
  const wanted = Stack.of(scope).region;
  const arn = Token.isUnresolved(nameOrArn) ? undefined : GROUP_ARN.exec(nameOrArn)?.groups;
  const region = resource?.env.region ?? arn?.region;
  const isElsewhere = region !== undefined && !Token.isUnresolved(region) && !Token.isUnresolved(wanted) && region !== wanted;
  return [
    ...resource === undefined ? checkSageMakerName(property, arn?.name ?? nameOrArn) : [],
    ...isElsewhere ? [{ property, rule: `must be in ${wanted}, the region of the training job`, got: region }] : [],
  ];
}

/** What a group is called, and the ARNs of itself and of all its versions. */
function groupOf(scope: Construct, { _group: { resource, nameOrArn } }: ModelRegistration): { readonly nameOrArn: string; readonly arns: string[] } {
  const arn = Token.isUnresolved(nameOrArn) ? undefined : GROUP_ARN.exec(nameOrArn)?.groups;
  const { account, region } = resource?.env ?? arn ?? {};
  const name = resource !== undefined ? nameInArn(scope, 'Registration', `${PROPERTY}.group`, nameOrArn, 'model-package-group') : arn?.name ?? nameOrArn;
  const format = (type: string, resourceName: string) =>
    Stack.of(scope).formatArn({ service: 'sagemaker', resource: type, resourceName, account, region });
  return {
    nameOrArn,
    arns: [resource !== undefined || arn !== undefined ? nameOrArn : format('model-package-group', name), format('model-package', `${name}/*`)],
  };
}

/** Any of the types, all of which must have the same image; none where that is for the CPU. */
function instanceTypeFor(
  scope: Construct, image: TensorFlowImage, { realtimeInstanceTypes = [], transformInstanceTypes = [] }: ModelRegistration['_options'],
): InstanceType | undefined {
  const [first, ...others] = [...realtimeInstanceTypes, ...transformInstanceTypes];
  if (first !== undefined) {
    const key = image._key(scope, { instanceType: first });
    const other = others.find((instanceType) => image._key(scope, { instanceType }) !== key);
    throwIfAny(scope, other === undefined ? [] : [{
      property: `${PROPERTY}.${realtimeInstanceTypes.includes(other) ? 'realtimeInstanceTypes' : 'transformInstanceTypes'}`,
      rule: `must have the processor of ${first}: a version has one image`,
      got: other.toString(),
      remedy: 'name types with one processor only',
    }]);
  }
  return first;
}

function checkMetadata(property: string, metadata: { readonly [key: string]: string } | undefined): Violation[] {
  if (metadata === undefined || Token.isUnresolved(metadata)) {
    return [];
  }
  const keys = Object.keys(metadata);
  return [
    ...keys.length === 0 || keys.length > MOST_METADATA ? [{ property, rule: `must have 1 to ${MOST_METADATA} entries`, got: keys.length }] : [],
    ...keys.flatMap((key) => [
      ...checkPattern(property, key, METADATA_KEY, 'must have keys of 1 to 128 letters, digits, spaces and _.:/=+-@'),
      ...checkPattern(`${property}.${key}`, metadata[key], METADATA_VALUE, 'must be 1 to 256 letters, digits, spaces and _.:/=+-@'),
    ]),
  ];
}

function namesOf(parameter: string, types: InstanceType[] | undefined): object {
  return types === undefined ? {} : { [parameter]: types.map(String) };
}
