// Makes package.json what is published (prepack: `pack`), and what it was again (postpack: `unpack`).
const fs = require('node:fs');
const path = require('node:path');

// jsii accepts no peer that is no jsii module, optional or not
const SDK_CLIENT = '@aws-sdk/client-sagemaker-runtime';

const root = path.join(__dirname, '..');
const file = path.join(root, 'package.json');
const kept = path.join(root, 'node_modules', '.package.json.kept');

if (process.argv[2] === 'pack') {
  fs.copyFileSync(file, kept);
  const manifest = JSON.parse(fs.readFileSync(file, 'utf-8'));
  manifest.peerDependencies[SDK_CLIENT] = manifest.devDependencies[SDK_CLIENT];
  delete manifest.scripts.prepare; // it compiles a clone, with a file that is not published
  fs.chmodSync(file, 0o644); // projen makes it read-only
  fs.writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
} else {
  fs.copyFileSync(kept, file);
  fs.rmSync(kept);
}
