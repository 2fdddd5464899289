import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, Names, RemovalPolicy, Stack, Token } from 'aws-cdk-lib/core';
import { Construct, DependencyGroup, type IDependable } from 'constructs';
import { InputMode } from './input-mode';
import { checkSubnets, inputsOf } from './training-checks';
import { imageOf, tagEndingOf } from './training-image';
import type { BoundInput, InputUse } from './training-input-source';
import { imageTypeOf, isCluster } from './training-instances';
import type { TensorFlowTrainingOptions } from './training-options';
import { hasCheckpointsOfItsOwn, outputsOf } from './training-outputs';
import { trainingParameters } from './training-parameters';
import { codeStatements, inputStatements, jobStatements, outputStatements, ruleStatements, trainingRole } from './training-permissions';
import { revisionOf } from './training-revision';
import { checkOptions, usesOf, warnOf } from './training-uses';
import { vpcStatements } from '../model/model-permissions';
import { RightsOfRole } from '../model/rights-of-role';
import { throwIfAny } from '../private/errors';
import { JobTags } from '../private/job-tags';

/** A request to SageMaker for a training job. */
export interface TrainingRequest {
  /**
   * The parameters of CreateTrainingJob, in its words, except for the job's name: neither `TrainingJobName` nor the hyperparameter
   * `sagemaker_job_name`, whose value is the name in quotes. Values may be tokens.
   */
  readonly parameters: { readonly [name: string]: unknown };
  /** Where addresses in the parameters are that need a slash and the job's name at their end, such as `['CheckpointConfig', 'S3Uri']`. */
  readonly addressesOfEachJob: readonly (readonly string[])[];
  /** The bucket that the model is written to, as `<outputPrefix>/<job name>/output/model.tar.gz`, or under `.../output/model/`. */
  readonly outputBucket: s3.IBucket;
  readonly outputPrefix: string;
  /** The key that the model is encrypted with, if that is not the bucket's own. */
  readonly outputEncryptionKey?: kms.IKey;
  /** Whether the model is one archive. */
  readonly isCompressed: boolean;
  /** Changes when a new run is due. It is known only when all constructs are there. */
  readonly revision: string;
}

/** A request, with what was made for it. */
export interface BoundTrainingRequest extends TrainingRequest {
  readonly role: iam.IRole;
  readonly connections?: ec2.Connections;
  /** What has to be there before a job is started. */
  readonly dependable: IDependable;
}

/** The network that a job is in. */
interface Network {
  readonly subnets: ec2.SelectedSubnets;
  readonly connections: ec2.Connections;
}

/** Checks the options, makes what the job needs in the scope, and says what to ask of SageMaker. */
export function trainingRequest(scope: Construct, options: TensorFlowTrainingOptions): BoundTrainingRequest {
  const uses = usesOf(scope, options);
  const code = options.code?._check(scope, uses.code);
  throwIfAny(scope, [...checkOptions(scope, options, uses), ...code?.violations ?? []]);
  const image = imageOf(options);
  const instanceType = imageTypeOf(options);
  image._key(scope, { instanceType }); // an error where there is none, before anything is made
  warnOf(scope, options, uses, code);

  const network = networkOf(scope, options);
  const role = options.role ?? trainingRole(scope, options.sessionTagChaining === true);
  const outputBucket = options.outputBucket ?? ownBucket(scope, options.outputEncryptionKey);
  const outputs = outputsOf(options, outputBucket);
  const location = code?.provideIn(scope);
  const inputs = bindInputs(scope, options, uses.input);
  connect(network, Object.values(inputs));
  const boundImage = image._bind(scope, { instanceType });
  const rights = new RightsOfRole(role);
  boundImage.grantPull(rights);
  const policy = attachPolicy(scope, role, options.role === undefined, [
    ...location === undefined ? [] : codeStatements(location, options.networkIsolation === true),
    ...inputStatements(Object.values(inputs).flatMap(({ reads }) => reads)),
    ...Object.values(inputs).flatMap(({ statements }) => statements),
    ...outputStatements(outputs),
    ...ruleStatements(scope, options, outputs),
    ...rights.statements,
    ...jobStatements(scope, options),
    ...network === undefined ? [] : vpcStatements(scope, network.subnets.subnetIds, network.connections.securityGroups),
  ]);

  const { Tags, ...parameters } = trainingParameters(scope, options, {
    role,
    image: boundImage,
    imageUri: `${boundImage.imageUri}${tagEndingOf(options, instanceType, options.distribution?._isDataParallel === true)}`,
    outputs,
    channels: Object.fromEntries(Object.entries(inputs).map(([name, { channel }]) => [name, channel])),
    code: location === undefined ? undefined : { ...location, entryPoint: code!.entryPoint },
    network: network === undefined ? undefined : {
      subnetIds: network.subnets.subnetIds, securityGroupIds: network.connections.securityGroups.map((group) => group.securityGroupId),
    },
    tags: new JobTags(scope, 'Tags', 'AWS::SageMaker::TrainingJob', 'training job').render(),
    distributionUse: uses.distribution,
    debuggerUse: uses.debugger,
  });
  return {
    parameters: { ...parameters, Tags },
    addressesOfEachJob: hasCheckpointsOfItsOwn(options) ? [['CheckpointConfig', 'S3Uri']] : [],
    outputBucket,
    outputPrefix: outputs.model.prefix,
    outputEncryptionKey: options.outputEncryptionKey,
    isCompressed: options.compressOutput !== false,
    revision: revisionOf(scope, {
      parameters,
      data: options.dataRevision,
      code: code?.revision,
      inputs: Object.fromEntries(Object.entries(inputsOf(options)).map(([name, input]) => [name, input._revision])),
    }),
    role,
    connections: network?.connections,
    dependable: new DependencyGroup(policy, ...networkDependables(network, Object.values(inputs))),
  };
}

function networkOf(scope: Construct, options: TensorFlowTrainingOptions): Network | undefined {
  const { vpc, vpcSubnets, securityGroups } = options;
  if (vpc === undefined) {
    return undefined;
  }
  const subnets = vpc.selectSubnets(vpcSubnets);
  throwIfAny(scope, checkSubnets(subnets));
  const connections = new ec2.Connections({ securityGroups: securityGroups ?? [new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc })] });
  if (securityGroups === undefined && isCluster(options)) {
    connections.allowInternally(ec2.Port.allTraffic(), 'The instances of a cluster train together');
  }
  return { subnets, connections };
}

/** What lets the instances connect to all that they have to: the rules of security groups are parts of these. */
function networkDependables(network: Network | undefined, inputs: BoundInput[]): IDependable[] {
  return network === undefined ? [] : [
    network.subnets.internetConnectivityEstablished,
    ...network.connections.securityGroups,
    ...inputs.flatMap(({ peers }) => peers.flatMap(({ connections }) => connections.securityGroups)),
    ...inputs.flatMap(({ dependable }) => dependable ?? []),
  ];
}

/** The model outlives the job that made it. */
function ownBucket(scope: Construct, encryptionKey: kms.IKey | undefined): s3.Bucket {
  return new s3.Bucket(scope, 'OutputBucket', {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    ...encryptionKey === undefined ? { encryption: s3.BucketEncryption.S3_MANAGED } : { encryption: s3.BucketEncryption.KMS, encryptionKey },
    enforceSSL: true,
    lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

function bindInputs(scope: Construct, options: TensorFlowTrainingOptions, use: InputUse): { readonly [channel: string]: BoundInput } {
  const inputs = Object.entries(inputsOf(options));
  const all = new Construct(scope, 'Inputs');
  return Object.fromEntries(inputs.map(([name, input]) => {
    const { channel, ...bound } = input._bind(new Construct(all, name), use);
    // SageMaker takes a model in no other way
    const model = { ...channel, ContentType: 'application/x-sagemaker-model', InputMode: InputMode.FILE };
    return [name, { ...bound, channel: input === options.pretrainedModel ? model : channel }];
  }));
}

/** Lets the instances connect to the file systems of their inputs; the rules are in the stack of the job. */
function connect(network: Network | undefined, inputs: BoundInput[]): void {
  for (const peer of new Set(inputs.flatMap(({ peers }) => peers))) {
    network?.connections.allowToDefaultPort(peer, 'Training data');
  }
}

function attachPolicy(scope: Construct, role: iam.IRole, isOwnRole: boolean, statements: iam.PolicyStatement[]): iam.Policy {
  const policy = new iam.Policy(scope, 'Policy', { policyName: isOwnRole ? undefined : nameOnSharedRole(scope), statements });
  role.attachInlinePolicy(policy);
  return policy;
}

/** The name of a policy on a role that other stacks may have policies on, in other regions too. */
function nameOnSharedRole(scope: Construct): string {
  const region = Stack.of(scope).region;
  return `${Names.uniqueResourceName(scope, { maxLength: 80 })}Training${Token.isUnresolved(region) ? `-${region}` : ''}`;
}
