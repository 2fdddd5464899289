// After the snapshots of the integration tests are written: takes out what is made again by each run, and what says
// where on this machine they were made.
const fs = require('node:fs');
const path = require('node:path');

const integ = path.join(__dirname, '..', 'integ');
for (const directory of fs.readdirSync(integ)) {
  if (directory.startsWith('cdk-integ.out.')) {
    fs.rmSync(path.join(integ, directory), { recursive: true });
  } else if (directory.endsWith('.snapshot')) {
    for (const file of fs.readdirSync(path.join(integ, directory))) {
      const full = path.join(integ, directory, file);
      if (file.startsWith('asset.') || file === 'tree.json') {
        fs.rmSync(full, { recursive: true });
      } else if (file.endsWith('.metadata.json')) {
        fs.writeFileSync(full, '{}\n'); // it must be there
      }
    }
  }
}
