// The unit tests against the newest aws-cdk-lib (see the task test:cdk).
const jest = require('./jest.config.json');

module.exports = {
  ...jest,
  collectCoverage: false,
  reporters: ['default'],
  // the rooms without the CDK don't care which one it is
  testPathIgnorePatterns: ['/node_modules/', '/test/(runtime|saved-model|cli|package)/', '/test/readme'],
  moduleNameMapper: {
    ...jest.moduleNameMapper,
    '^aws-cdk-lib$': '<rootDir>/node_modules/aws-cdk-lib-latest',
    '^aws-cdk-lib/(.*)$': 'aws-cdk-lib-latest/$1',
  },
};
