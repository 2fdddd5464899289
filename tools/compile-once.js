// After `npm ci` in a fresh clone: compiles what the command line and the examples load. A clone that has been
// compiled before is left alone, so that `npm install` stays quick.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
if (!fs.existsSync(path.join(root, 'lib', 'index.js')) && fs.existsSync(path.join(root, 'src', 'index.ts'))) {
  const projen = require.resolve('projen/bin/projen', { paths: [root] });
  for (const task of ['pre-compile', 'compile']) {
    execFileSync(process.execPath, [projen, task], { cwd: root, stdio: 'inherit' });
  }
}
