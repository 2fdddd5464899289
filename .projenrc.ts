import { awscdk, javascript } from 'projen';

/**
 * The lowest aws-cdk-lib that users may have, which is also the one that this library is compiled with: an older
 * one drops the L1 properties that it does not know without a word, and lacks types that the public surface names.
 */
const CDK_MIN = '2.257.0';
/** The newest one, which the tests run on too, and whose CloudFormation validator they use. */
const CDK_LATEST = '2.276.0';
const CONSTRUCTS_MIN = '10.5.1';

/** The AWS SDK client behind `cdk-tensorflow-serving/runtime`. */
const RUNTIME_SDK = '@aws-sdk/client-sagemaker-runtime';

/** The sub-paths beside the jsii surface. */
const SUB_PATHS = ['runtime'];

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-tensorflow-serving',
  description: 'AWS CDK constructs that serve TensorFlow models on Amazon SageMaker, with a typed client',
  keywords: ['aws-cdk', 'awscdk', 'cdk', 'sagemaker', 'tensorflow', 'tensorflow-serving', 'machine-learning', 'mlops'],
  author: 'cdk-tensorflow-serving authors',
  authorAddress: 'cdk-tensorflow-serving@users.noreply.github.com',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-tensorflow-serving/cdk-tensorflow-serving.git',
  license: 'Apache-2.0',
  stability: 'experimental',
  defaultReleaseBranch: 'main',
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,

  cdkVersion: CDK_MIN,
  constructsVersion: CONSTRUCTS_MIN,
  jsiiVersion: '~6.0.16',
  typescriptVersion: '~6.0.3',
  projenVersion: '0.103.25',
  minNodeVersion: '20.0.0',

  jestOptions: {
    jestVersion: '^30',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    configFilePath: 'jest.config.json',
    jestConfig: {
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      coverageReporters: ['text-summary', 'lcov'],
      coverageThreshold: { statements: 95, branches: 95, functions: 95, lines: 95 },
      // options and props are types, of which there is nothing to run
      collectCoverageFrom: ['src/**/*.ts', '!src/**/*-{options,props}.ts'],
      modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/lib/'],
      moduleNameMapper: {
        '^cdk-tensorflow-serving$': '<rootDir>/src',
        '^cdk-tensorflow-serving/(.*)$': '<rootDir>/src/$1',
      },
    },
  },
  tsconfigDevFile: 'tsconfig.dev.json',
  tsconfigDev: {
    include: ['.projenrc.ts', 'src/**/*.ts', 'test/**/*.ts', 'integ/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts'],
    exclude: ['node_modules', 'lib', 'dist', '**/cdk.out', '**/*.snapshot', 'cdk-integ.out.*'],
    compilerOptions: {
      noEmit: true,
      rootDir: '.',
      // the examples import the package by its name, whether it is compiled or not
      paths: {
        'cdk-tensorflow-serving': ['./src/index.ts'],
        'cdk-tensorflow-serving/*': ['./src/*/index.ts'],
      },
    },
  },
  // ts-jest only transpiles (isolatedModules), so that everything is type-checked by tsc
  typecheckTests: true,
  eslintOptions: {
    dirs: ['src'],
    devdirs: ['test', 'integ', 'examples', 'bench'],
    commandOptions: { fix: false },
    projectService: false,
    tsconfigPath: './tsconfig.dev.json',
  },

  // the constructs' own dependencies travel inside of the package: their users install nothing more
  bundledDeps: [
    'fflate', // deflate in plain JavaScript: the same bytes on every machine, which zlib doesn't promise
    'minizlib', // inflates piece by piece without giving up control, which node:zlib cannot
    'tar', // reads and writes tar headers, with all their dialects
  ],
  devDeps: [
    'aws-cdk@2.1148.1',
    '@aws-cdk/integ-runner@2.197.10',
    '@aws-cdk/integ-tests-alpha@2.245.0-alpha.0',
    `${RUNTIME_SDK}@^3`,
    '@aws-sdk/client-s3@^3',
    '@aws-sdk/client-sagemaker@^3',
    '@aws-sdk/client-sfn@^3',
    '@aws-sdk/lib-storage@^3',
    'aws-sdk-client-mock',
    'cdk-nag@3.0.2',
    `aws-cdk-lib-latest@npm:aws-cdk-lib@${CDK_LATEST}`,
    'esbuild@0.28.2',
    'fast-check',
  ],

  // no service of a forge is taken for granted: no workflows, no release job, no automatic upgrades
  sampleCode: false,
  github: false,
  buildWorkflow: false,
  release: false,
  depsUpgrade: false,
  clobber: false,

  lambdaAutoDiscover: false,
  edgeLambdaAutoDiscover: false,
  singletonLambdaAutoDiscover: false,
  lambdaExtensionAutoDiscover: false,
  integrationTestAutoDiscover: false,

  publishToPypi: { distName: 'cdk-tensorflow-serving', module: 'cdk_tensorflow_serving' },
  publishToMaven: {
    javaPackage: 'io.github.cdktensorflowserving',
    mavenGroupId: 'io.github.cdktensorflowserving',
    mavenArtifactId: 'cdk-tensorflow-serving',
  },
  publishToNuget: { dotNetNamespace: 'CdkTensorFlowServing', packageId: 'CdkTensorFlowServing' },
  publishToGo: { moduleName: 'github.com/cdk-tensorflow-serving/cdk-tensorflow-serving-go' },

  bin: { 'cdk-tensorflow-serving': 'bin/cdk-tensorflow-serving.js' },
  gitignore: [
    '/assets/', 'cdk.out/', 'cdk-integ.out.*/', '.cdk.staging/', '/integ/*.snapshot/asset.*', '/integ/*.snapshot/tree.json',
    '.venv*/', '__pycache__/', '.pytest_cache/', '.jsii.tabl.json', '*.tsbuildinfo',
  ],
});
project.addDevDeps('@types/node@^20');
// what TensorFlow wrote stays as it is, on every system
for (const path of ['/test/fixtures/models/**', '/examples/models/**']) {
  project.gitattributes.addAttributes(path, 'binary');
}
for (const path of [
  '/integ/', '/examples/', '/bench/', '/tools/', '/rosetta/', '/.ci/', '/jest.*', '.jsii.tabl.json', 'cdk.out/', '*.tsbuildinfo', '.venv*/',
]) {
  project.addPackageIgnore(path);
}
project.npmignore?.include('/assets/', '/bin/');

// ----- jsii -------------------------------------------------------------------------------------
project.compileTask.reset('jsii --fail-on-warnings');
// `projen package` would build for every language; the npm package is what this machine can build
project.packageTask.reset();
project.packageTask.spawn(project.tasks.tryFind('package:js')!);
// Node 20 is past the end of jsii's support; the banner is 11 lines in each command
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');

// ----- Lambda handlers --------------------------------------------------------------------------
// bundled here, so that nothing is left to install; the SDK is there in every Lambda function
project.preCompileTask.exec(
  'esbuild "src/**/*.lambda.ts" --bundle --platform=node --target=node24 --format=cjs --minify-syntax --legal-comments=none'
  + ' --external:@aws-sdk/client-* --outbase=src --outdir=assets --entry-names=[dir]/[name]/index --log-level=warning',
  { name: 'Bundle the Lambda handlers into assets/', condition: 'ls src/*/*.lambda.ts' },
);

// ----- entry points beside the jsii surface -----------------------------------------------------
const entry = (path: string) => ({ types: `./lib/${path}.d.ts`, default: `./lib/${path}.js` });
project.package.addField('exports', {
  '.': entry('index'),
  ...Object.fromEntries(SUB_PATHS.map((name) => [`./${name}`, entry(`${name}/index`)])),
  './package.json': './package.json',
  './.jsii': './.jsii',
});
// moduleResolution "node10" does not read `exports`
project.package.addField('typesVersions', {
  '*': Object.fromEntries(SUB_PATHS.map((name) => [name, [`./lib/${name}/index.d.ts`]])),
});
// jsii rejects a peer that is no jsii module, optional or not: tools/packed-manifest.js adds it when the package is packed
project.package.addField('peerDependenciesMeta', { [RUNTIME_SDK]: { optional: true } });
project.setScript('prepack', 'node tools/packed-manifest.js pack');
project.setScript('postpack', 'node tools/packed-manifest.js unpack');
// a clone works as soon as it is installed: the command line and the examples load lib/
project.setScript('prepare', 'node tools/compile-once.js');

// ----- lint: which way the imports go -----------------------------------------------------------
const rooms = ['images', 'saved-model', 'model', 'endpoint', 'training', 'transform', 'runtime', 'local', 'cli'];
/** What each room may import beside itself and, but for `runtime`, `private`. */
const arrows: Record<string, string[]> = {
  'images': [],
  'saved-model': [],
  'model': ['images', 'saved-model'],
  'endpoint': ['model', 'images', 'saved-model'],
  'training': ['model', 'images', 'endpoint'],
  'transform': ['model', 'images'],
  'runtime': [],
  'local': ['saved-model'],
  'cli': ['saved-model', 'runtime', 'local'],
  'private': [],
};
project.eslint?.addRules({
  'import/no-restricted-paths': ['error', {
    basePath: './src',
    zones: Object.entries(arrows).map(([target, allowed]) => ({
      target: `./${target}`,
      from: [...rooms, ...(target === 'runtime' ? ['private'] : [])]
        .filter((room) => room !== target && !allowed.includes(room)).map((room) => `./${room}`),
      message: 'arrows point one way: cli -> local -> saved-model; endpoint, training, transform -> model -> images, saved-model; runtime -> nothing',
    })),
  }],
  'no-restricted-imports': ['error', { paths: [{ name: 'aws-cdk-lib', message: 'import the submodule that you use, aws-cdk-lib/core for the core' }] }],
});
project.eslint?.addOverride({
  files: ['src/runtime/**', 'src/saved-model/**', 'src/local/**', 'src/cli/**'],
  rules: {
    'no-restricted-imports': ['error', { patterns: [{ group: ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs'], message: 'no CDK in here' }] }],
  },
});
project.eslint?.addOverride({
  files: ['src/runtime/**', 'src/cli/**', 'src/**/*.lambda.ts'],
  // the SDK is an optional peer, which package.json cannot name (see above)
  rules: { 'import/no-extraneous-dependencies': 'off' },
});
project.eslint?.addOverride({
  files: ['examples/**', 'test/**', 'integ/**', 'bench/**', '.projenrc.ts'],
  rules: { 'no-restricted-imports': 'off', 'import/no-unresolved': ['error', { ignore: ['^cdk-tensorflow-serving'] }] },
});

// ----- integration tests ------------------------------------------------------------------------
const integEnv = {
  TS_NODE_PROJECT: 'tsconfig.dev.json',
  // without a region, integ-runner asks the EC2 metadata service for one: 8 s a test
  AWS_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  CDK_DISABLE_CLI_TELEMETRY: 'true',
};
const integRunner = 'integ-runner --directory integ --language typescript'
  + ' --app "node -r ts-node/register/transpile-only {filePath}" --parallel-regions us-east-1 --max-workers 1';
const integ = project.addTask('integ', {
  description: 'Compare the integration tests with their snapshots (offline)',
  exec: integRunner,
  env: integEnv,
  receiveArgs: true,
});
project.addTask('integ:snapshot', {
  description: 'Write the snapshots of new and changed integration tests without deploying them (offline)',
  steps: [
    { exec: `${integRunner} --update-on-failed --dry-run`, receiveArgs: true },
    { exec: 'node tools/clean-snapshots.js' },
  ],
  env: integEnv,
});
project.testTask.spawn(integ);

// ----- README and docstring samples -------------------------------------------------------------
const rosetta = project.addTask('rosetta', {
  description: 'Compile the code samples of README.md and of the docstrings',
  exec: 'jsii-rosetta extract --strict .jsii',
});
project.postCompileTask.spawn(rosetta);

// ----- the newest aws-cdk-lib -------------------------------------------------------------------
project.addTask('test:cdk', {
  description: 'Run the unit tests against the newest aws-cdk-lib',
  exec: 'jest -c jest.cdk.config.js --ci',
  // the tests validate each template themselves
  env: { CDK_VALIDATION: 'false' },
});

// ----- what people run first --------------------------------------------------------------------
project.addTask('build:check', {
  description: 'Compile, and fail if what is generated is not what is committed',
  steps: [{ spawn: 'pre-compile' }, { spawn: 'compile' }, { spawn: 'post-compile' }, { exec: 'git diff --exit-code -- API.md' }],
});
project.addTask('demo', {
  description: 'Serve the half_plus_three SavedModel: inspect, pack, synthesize, and show what would be deployed',
  exec: 'node tools/demo.js',
});
project.addTask('test:e2e', {
  description: 'Test against the real things: the CDK CLI, an AWS emulator, cfn-lint, boto3 (needs Python)',
  exec: 'bash test/e2e/run.sh',
  receiveArgs: true,
});

project.synth();
