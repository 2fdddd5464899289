// Adds (prepack) or removes (postpack) the optional peer dependency that jsii does not accept when it compiles.
const fs = require('node:fs');
const path = require('node:path');

const SDK_CLIENT = '@aws-sdk/client-sagemaker-runtime';
const file = path.join(__dirname, '..', 'package.json');
const manifest = JSON.parse(fs.readFileSync(file, 'utf-8'));

if (process.argv[2] === 'add') {
  manifest.peerDependencies[SDK_CLIENT] = manifest.devDependencies[SDK_CLIENT];
} else {
  delete manifest.peerDependencies[SDK_CLIENT];
}
fs.chmodSync(file, 0o644); // projen makes it read-only
fs.writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
