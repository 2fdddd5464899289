import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Aws, CfnParameter, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { InstanceType } from '../../src/images/instance-type';
import { type BoundImage, TensorFlowImage } from '../../src/images/tensorflow-image';
import { TensorFlowVersion } from '../../src/images/tensorflow-version';

const C5 = { instanceType: InstanceType.of('ml.c5.xlarge') };
const C7G = { instanceType: InstanceType.of('ml.c7g.xlarge') };
const TOKEN_TYPE = { instanceType: InstanceType.of(Token.asString({ Ref: 'Type' })) };
const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

function stackIn(region?: string): Stack {
  return new Stack(new App(), 'Stack', region === undefined ? {} : { env: { region, account: '111111111111' } });
}

/** What a role may do after an image was granted to it. */
function statements(stack: Stack, image: BoundImage): unknown[] {
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
  image.grantPull(role);
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return policy.Properties.PolicyDocument.Statement;
}

function pullStatements(resource: unknown): unknown[] {
  return [
    { Effect: 'Allow', Action: PULL, Resource: resource },
    { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
  ];
}

describe('the images of a version', () => {
  test('are those that serve', () => {
    const image = TensorFlowImage._forServing(TensorFlowVersion.V2_16);
    const stack = stackIn('eu-west-1');
    expect(image._key(stack, C7G)).toBe('graviton');
    const bound = image._bind(stack, C7G);
    expect(bound.imageUri).toBe('763104351884.dkr.ecr.eu-west-1.amazonaws.com/tensorflow-inference-graviton:2.16.1-cpu-py310-ubuntu20.04-sagemaker');
    expect(statements(stack, bound)).toEqual(pullStatements({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ecr:eu-west-1:763104351884:repository/tensorflow-inference-graviton']],
    }));
  });

  test('are those that train', () => {
    const image = TensorFlowImage._forTraining(TensorFlowVersion.V2_16);
    const stack = stackIn('cn-north-1');
    expect(image._key(stack, C5)).toBe('cpu');
    expect(image._bind(stack, C5).imageUri).toBe('727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn/tensorflow-training:2.16.2-cpu-py310');
  });

  test('are granted by the mapping where the region is not known', () => {
    const stack = stackIn();
    const bound = TensorFlowImage._forServing(TensorFlowVersion.V2_12)._bind(stack, C5);
    expect(statements(stack, bound)).toEqual(pullStatements({
      'Fn::Join': ['', [
        'arn:', { Ref: 'AWS::Partition' }, ':ecr:', { Ref: 'AWS::Region' }, ':',
        { 'Fn::FindInMap': ['TensorFlowBroadRegistries', { Ref: 'AWS::Region' }, 'account'] }, ':repository/tensorflow-inference',
      ]],
    }));
  });

  test('share one mapping in a stack, which adds nothing else', () => {
    const stack = stackIn();
    for (const id of ['One', 'Two']) {
      const scope = new Construct(stack, id);
      TensorFlowImage._forServing(TensorFlowVersion.V2_19)._bind(scope, C5);
      TensorFlowImage._forTraining(TensorFlowVersion.V2_21)._bind(scope, C5);
    }
    const { Mappings, Resources } = Template.fromStack(stack).toJSON();
    expect(Object.keys(Mappings)).toEqual(['TensorFlowOpenRegistries']);
    expect(Resources).toBeUndefined();
  });

  test('fail with the path of the construct that uses them', () => {
    const scope = new Construct(new Construct(stackIn('us-east-1'), 'Endpoint'), 'Variant');
    expect(() => TensorFlowImage._forServing(TensorFlowVersion.V2_19)._key(scope, C7G)).toThrow(
      '[Stack/Endpoint/Variant] `instanceType` has no image of TensorFlow 2.19 for Graviton');
  });
});

describe('fromEcrRepository', () => {
  test('pulls the latest image by default', () => {
    const stack = stackIn('us-east-1');
    const image = TensorFlowImage.fromEcrRepository(ecr.Repository.fromRepositoryName(stack, 'Repository', 'team/name'));
    const bound = image._bind(stack, C7G);
    expect(image._key(stack, C7G)).toBe('own');
    expect(image._key(stack, {})).toBe('own');
    expect(image._key(stack, TOKEN_TYPE)).toBe('own');
    expect(stack.resolve(bound.imageUri)).toEqual({ 'Fn::Join': ['', ['111111111111.dkr.ecr.us-east-1.', { Ref: 'AWS::URLSuffix' }, '/team/name:latest']] });
    expect(statements(stack, bound)).toEqual([
      {
        Effect: 'Allow',
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
        Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ecr:us-east-1:111111111111:repository/team/name']] },
      },
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    ]);
  });

  test.each([
    ['v1.2_3-rc', 'name:v1.2_3-rc'],
    ['a'.repeat(128), `name:${'a'.repeat(128)}`],
    [`sha256:${'0a'.repeat(32)}`, `name@sha256:${'0a'.repeat(32)}`],
  ])('takes %s', (tagOrDigest, end) => {
    const stack = stackIn('us-east-1');
    const bound = TensorFlowImage.fromEcrRepository(ecr.Repository.fromRepositoryName(stack, 'Repository', 'name'), tagOrDigest)._bind(stack, {});
    expect(stack.resolve(bound.imageUri)['Fn::Join'][1].pop()).toBe(`/${end}`);
  });

  test('takes a tag that is a token', () => {
    const stack = stackIn('us-east-1');
    const tag = new CfnParameter(stack, 'Tag').valueAsString;
    const bound = TensorFlowImage.fromEcrRepository(ecr.Repository.fromRepositoryName(stack, 'Repository', 'name'), tag)._bind(stack, {});
    expect(JSON.stringify(stack.resolve(bound.imageUri))).toContain('{"Ref":"Tag"}');
  });

  test.each(['', 'a'.repeat(129), '.tag', '-tag', 'my tag', 'tag\n', 'name:tag', 'sha256:12', `sha256:${'0A'.repeat(32)}`])('fails on %j', (tagOrDigest) => {
    const repository = ecr.Repository.fromRepositoryName(stackIn('us-east-1'), 'Repository', 'name');
    expect(() => TensorFlowImage.fromEcrRepository(repository, tagOrDigest)).toThrow(new Error(
      '[TensorFlowImage.fromEcrRepository] `tagOrDigest` must be a tag of at most 128 letters, digits and _.-, '
      + `or a digest: sha256: and 64 hexadecimal digits, got: ${JSON.stringify(tagOrDigest)}`));
  });

  test('fails on a repository in another region', () => {
    const stack = stackIn('us-east-1');
    const repository = ecr.Repository.fromRepositoryArn(stack, 'Repository', 'arn:aws:ecr:eu-west-1:222222222222:repository/name');
    expect(() => TensorFlowImage.fromEcrRepository(repository)._bind(new Construct(stack, 'Model'), {})).toThrow(new Error(
      '[Stack/Model] `image` must be in us-east-1, because SageMaker pulls images from its own region only, got: "eu-west-1"; '
      + 'copy the image to us-east-1, for instance with ECR\'s replication'));
  });

  test('takes a repository of another account, and one of the same stack', () => {
    const stack = stackIn('us-east-1');
    const theirs = ecr.Repository.fromRepositoryArn(stack, 'Theirs', 'arn:aws:ecr:us-east-1:222222222222:repository/name');
    const bound = TensorFlowImage.fromEcrRepository(theirs, 'v1')._bind(stack, {});
    expect(stack.resolve(bound.imageUri)).toEqual({ 'Fn::Join': ['', ['222222222222.dkr.ecr.us-east-1.', { Ref: 'AWS::URLSuffix' }, '/name:v1']] });

    const anywhere = stackIn();
    const repository = new ecr.Repository(anywhere, 'Own');
    expect(anywhere.resolve(TensorFlowImage.fromEcrRepository(repository, 'v1')._bind(anywhere, {}).imageUri))
      .toEqual(anywhere.resolve(repository.repositoryUriForTag('v1')));
  });
});

describe('fromUri', () => {
  const DIGEST = `sha256:${'0a'.repeat(32)}`;

  test.each([
    ['222222222222.dkr.ecr.us-east-1.amazonaws.com/name:v1', 'us-east-1:222222222222:repository/name'],
    ['222222222222.dkr.ecr.us-east-1.amazonaws.com/name', 'us-east-1:222222222222:repository/name'],
    ['222222222222.dkr.ecr.us-east-1.amazonaws.com/team/my_name.2/a-b:v1', 'us-east-1:222222222222:repository/team/my_name.2/a-b'],
    [`222222222222.dkr.ecr.us-east-1.amazonaws.com/name@${DIGEST}`, 'us-east-1:222222222222:repository/name'],
    ['222222222222.dkr.ecr-fips.us-gov-west-1.amazonaws.com/name:v1', 'us-gov-west-1:222222222222:repository/name'],
    ['222222222222.dkr.ecr.cn-north-1.amazonaws.com.cn/name:v1', 'cn-north-1:222222222222:repository/name'],
    ['222222222222.dkr.ecr.us-isof-south-1.csp.hci.ic.gov/name:v1', 'us-isof-south-1:222222222222:repository/name'],
    ['222222222222.dkr.ecr.xx-unknown-1.example.com/name:v1', 'xx-unknown-1:222222222222:repository/name'],
  ])('takes %s and lets pull from that repository only', (uri, repository) => {
    for (const region of [undefined, repository.split(':')[0]]) {
      const stack = stackIn(region);
      const image = TensorFlowImage.fromUri(uri);
      const bound = image._bind(stack, C5);
      expect(image._key(stack, C7G)).toBe('own');
      expect(image._key(stack, TOKEN_TYPE)).toBe('own');
      expect(bound.imageUri).toBe(uri);
      expect(statements(stack, bound)).toEqual(pullStatements({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ecr:${repository}`]] }));
    }
  });

  test('takes an address of tokens and lets pull from that repository only', () => {
    const stack = stackIn();
    const tag = new CfnParameter(stack, 'Tag').valueAsString;
    const uri = `${Aws.ACCOUNT_ID}.dkr.ecr.${Aws.REGION}.${Aws.URL_SUFFIX}/team/name:${tag}`;
    const bound = TensorFlowImage.fromUri(uri)._bind(stack, {});
    expect(bound.imageUri).toBe(uri);
    expect(statements(stack, bound)).toEqual(pullStatements({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ecr:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':repository/team/name']],
    }));
  });

  test('takes the address of a repository in the stack', () => {
    const stack = stackIn();
    const repository = new ecr.Repository(stack, 'Repository');
    const [pull] = statements(stack, TensorFlowImage.fromUri(repository.repositoryUriForTag('v1'))._bind(stack, {})) as [{ Resource: unknown }];
    expect(JSON.stringify(pull.Resource)).toContain(JSON.stringify({ Ref: stack.getLogicalId(repository.node.defaultChild as ecr.CfnRepository) }));
    expect(JSON.stringify(pull.Resource)).not.toContain('*');
  });

  test('takes an address that is one token, and lets pull from the registry that it names', () => {
    const stack = stackIn('us-east-1');
    const bound = TensorFlowImage.fromUri(new CfnParameter(stack, 'Uri').valueAsString)._bind(stack, {});
    expect(stack.resolve(bound.imageUri)).toEqual({ Ref: 'Uri' });
    const part = (index: number) => ({ 'Fn::Select': [index, { 'Fn::Split': ['.', { Ref: 'Uri' }] }] });
    expect(statements(stack, bound)).toEqual(pullStatements({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ecr:', part(3), ':', part(0), ':repository/*']],
    }));
  });

  test('takes an address that is made late', () => {
    const stack = stackIn('us-east-1');
    const bound = TensorFlowImage.fromUri(Lazy.string({ produce: () => '222222222222.dkr.ecr.us-east-1.amazonaws.com/name:v1' }))._bind(stack, {});
    expect(stack.resolve(bound.imageUri)).toBe('222222222222.dkr.ecr.us-east-1.amazonaws.com/name:v1');
    expect(statements(stack, bound)).toHaveLength(2);
  });

  test.each([
    '', 'name:v1', 'tensorflow/serving:latest', 'public.ecr.aws/deep-learning-containers/tensorflow-inference:2.19.0-cpu', 'registry.example.com/name:v1',
    'https://222222222222.dkr.ecr.us-east-1.amazonaws.com/name:v1', '22222222222.dkr.ecr.us-east-1.amazonaws.com/name:v1',
    '222222222222.dkr.ecr.us-east-1.amazonaws.com/', '222222222222.dkr.ecr.us-east-1.amazonaws.com/name:', '222222222222.dkr.ecr.us-east-1.amazonaws.com/Name:v1',
    '222222222222.dkr.ecr.us-east-1.amazonaws.com/-name:v1', '222222222222.dkr.ecr.us-east-1.amazonaws.com/name@sha256:12',
    `222222222222.dkr.ecr.us-east-1.amazonaws.com/name:v1@${'sha256:'}${'0a'.repeat(32)}`,
    '222222222222.dkr.ecr.us-east-1.amazonaws.com.cn/name:v1', '222222222222.dkr.ecr.cn-north-1.amazonaws.com/name:v1',
    '222222222222.dkr.ecr.us-east-1.amazonaws.com/my name:v1', ' 222222222222.dkr.ecr.us-east-1.amazonaws.com/name:v1',
    '222222222222.dkr.ecr.us-east-1.amazonaws.com/name:v1\n', '222222222222.dkr.ecr.us-east-1.amazonaws.com/team//name:v1',
  ])('fails on %j', (uri) => {
    expect(() => TensorFlowImage.fromUri(uri)).toThrow(new Error(
      '[TensorFlowImage.fromUri] `uri` must be the address of an image in a private registry of Amazon ECR, such as '
      + '123456789012.dkr.ecr.us-east-1.amazonaws.com/name:tag or .../name@sha256:digest, '
      + `got: ${JSON.stringify(uri)}; copy an image of another registry to ECR: SageMaker pulls from none but that`));
  });

  test('fails on white space around a token', () => {
    expect(() => TensorFlowImage.fromUri(`${Aws.ACCOUNT_ID}.dkr.ecr.us-east-1.amazonaws.com/my name`)).toThrow('`uri` must be the address of an image');
  });

  test('takes 255 characters and fails on one more', () => {
    const start = '222222222222.dkr.ecr.us-east-1.amazonaws.com/';
    expect(() => TensorFlowImage.fromUri(start + 'a'.repeat(255 - start.length))).not.toThrow();
    expect(() => TensorFlowImage.fromUri(start + 'a'.repeat(256 - start.length))).toThrow(new Error(
      '[TensorFlowImage.fromUri] `uri` must be at most 255 characters long, got: 256; use a shorter name or tag'));
  });

  test('fails on an image in another region', () => {
    const image = TensorFlowImage.fromUri('222222222222.dkr.ecr.eu-west-1.amazonaws.com/name:v1');
    expect(() => image._bind(new Construct(stackIn('us-east-1'), 'Model'), {})).toThrow(new Error(
      '[Stack/Model] `image` must be in us-east-1, because SageMaker pulls images from its own region only, got: "eu-west-1"; '
      + 'copy the image to us-east-1, for instance with ECR\'s replication'));
  });
});

describe('fromAsset', () => {
  let directory: string;

  beforeAll(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'image-'));
    fs.writeFileSync(path.join(directory, 'Dockerfile'), 'FROM scratch\n');
    fs.writeFileSync(path.join(directory, 'Other'), 'FROM scratch\n');
  });

  afterAll(() => {
    fs.rmSync(directory, { recursive: true });
  });

  function builds(stack: Stack): unknown[] {
    const assembly = (stack.node.root as App).synth();
    const manifest = JSON.parse(fs.readFileSync(path.join(assembly.directory, `${stack.artifactId}.assets.json`), 'utf8'));
    return Object.values(manifest.dockerImages as { [hash: string]: { source: { platform?: string; dockerFile?: string } } })
      .map(({ source }) => [source.platform, source.dockerFile]).sort();
  }

  test.each([
    ['x86 without instances', {}, 'own', 'linux/amd64'],
    ['x86', C5, 'own', 'linux/amd64'],
    ['x86 if the type is a token', TOKEN_TYPE, 'own', 'linux/amd64'],
    ['Graviton', C7G, 'graviton', 'linux/arm64'],
    ['Graviton with GPUs', { instanceType: InstanceType.of('ml.g5g.xlarge') }, 'graviton', 'linux/arm64'],
  ])('is built for %s', (_, hardware, key, platform) => {
    const stack = stackIn('us-east-1');
    const image = TensorFlowImage.fromAsset(directory);
    expect(image._key(stack, hardware)).toBe(key);
    image._bind(stack, hardware);
    expect(builds(stack)).toEqual([[platform, undefined]]);
  });

  test('is built once for each processor, and only its repository can be pulled from', () => {
    const stack = stackIn('us-east-1');
    const image = TensorFlowImage.fromAsset(directory, { file: 'Other' });
    const bound = image._bind(stack, C5);
    expect(image._bind(stack, C5).imageUri).toBe(bound.imageUri);
    expect(image._bind(stack, C7G).imageUri).not.toBe(bound.imageUri);
    expect(statements(stack, bound)).toEqual([
      {
        Effect: 'Allow',
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
        Resource: {
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ecr:us-east-1:111111111111:repository/cdk-hnb659fds-container-assets-111111111111-us-east-1']],
        },
      },
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    ]);
    expect(builds(stack)).toEqual([['linux/amd64', 'Other'], ['linux/arm64', 'Other']]);
    expect(stack.node.children.filter((child) => child instanceof DockerImageAsset).map(({ node }) => node.id)).toEqual(['Image', 'GravitonImage']);
  });

  test('can be one of several under the same construct', () => {
    const stack = stackIn('us-east-1');
    const uris = ['Dockerfile', 'Other', 'Dockerfile'].map((file) => TensorFlowImage.fromAsset(directory, { file })._bind(stack, C5).imageUri);
    expect(new Set(uris.map((uri) => JSON.stringify(stack.resolve(uri)))).size).toBe(2);
    expect(stack.node.children.map(({ node }) => node.id)).toEqual(['Image', 'Image2', 'Image3']);
  });

  test('is built under each construct that uses it', () => {
    const stack = stackIn('us-east-1');
    const image = TensorFlowImage.fromAsset(directory);
    const [one, two] = [new Construct(stack, 'One'), new Construct(stack, 'Two')];
    image._bind(one, C5);
    image._bind(two, C5);
    expect([one, two].map(({ node }) => node.children.map((child) => child.node.id))).toEqual([['Image'], ['Image']]);
    expect(builds(stack)).toHaveLength(1);
  });

  test.each([
    [Platform.LINUX_AMD64, [{}, C5, TOKEN_TYPE], C7G, 'amd64', 'ml.c7g.xlarge', 'arm64'],
    [Platform.LINUX_ARM64, [{}, C7G, TOKEN_TYPE], C5, 'arm64', 'ml.c5.xlarge', 'amd64'],
    [Platform.custom('linux/arm64/v8'), [{}, C7G, TOKEN_TYPE], C5, 'arm64', 'ml.c5.xlarge', 'amd64'],
  ])('for the platform %j is an error on another', (platform, fitting, other, given, got, needed) => {
    const stack = stackIn('us-east-1');
    const image = TensorFlowImage.fromAsset(directory, { platform });
    for (const hardware of fitting) {
      expect(image._key(stack, hardware)).toBe('own');
      image._bind(stack, hardware);
    }
    expect(builds(stack)).toEqual([[platform.platform, undefined]]);
    const message = `[Stack] \`instanceType\` must have the processor that the image is built for, which is ${given}, got: "${got}"; `
      + `leave out the image's \`platform\`, which is then linux/${needed}`;
    expect(() => image._key(stack, other)).toThrow(new Error(message));
    expect(() => image._bind(stack, other)).toThrow(new Error(message));
  });

  test('for a platform that is neither is left alone', () => {
    const image = TensorFlowImage.fromAsset(directory, { platform: Platform.custom('linux/ppc64le') });
    expect(image._key(stackIn('us-east-1'), C5)).toBe('own');
    expect(image._key(stackIn('us-east-1'), C7G)).toBe('own');
  });

  test('fails where there is no directory', () => {
    expect(() => TensorFlowImage.fromAsset(path.join(directory, 'nowhere'))._bind(stackIn('us-east-1'), C5))
      .toThrow(`Cannot find image directory at ${path.join(directory, 'nowhere')}`);
  });

  test('fails where there is no Dockerfile', () => {
    expect(() => TensorFlowImage.fromAsset(directory, { file: 'Absent' })._bind(stackIn('us-east-1'), C5)).toThrow('Cannot find file at');
  });
});
