// The main job from end to end on a real SavedModel, with no AWS account: what is in it, how it is packed, and what
// `cdk deploy` would make of it.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const root = path.join(__dirname, '..');
const model = path.join('examples', 'models', 'half_plus_three');
const example = path.join('examples', 'serve-saved-model');
const out = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-tensorflow-serving-demo-'));

function node(...args) {
  const [last, env] = typeof args.at(-1) === 'object' ? [args.slice(0, -1), args.at(-1)] : [args, {}];
  return execFileSync(process.execPath, last, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] });
}

function heading(text) {
  console.log(`\n${text}\n${'-'.repeat(text.length)}`);
}

/** An intrinsic function as people read it: ${AWS::Region}, Model.ModelName. */
function readable(value) {
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  if (value.Ref !== undefined) {
    return value.Ref.startsWith('AWS::') ? `\${${value.Ref}}` : value.Ref;
  }
  if (value['Fn::GetAtt'] !== undefined) {
    return value['Fn::GetAtt'].join('.');
  }
  if (value['Fn::Sub'] !== undefined) {
    return value['Fn::Sub'];
  }
  if (value['Fn::Join'] !== undefined) {
    return value['Fn::Join'][1].map(readable).join(value['Fn::Join'][0]);
  }
  if (value['Fn::FindInMap'] !== undefined) {
    return `[${value['Fn::FindInMap'].map(readable).join(' ')}]`;
  }
  return JSON.stringify(value);
}

function show(template) {
  for (const [id, resource] of Object.entries(template.Resources)) {
    if (resource.Type === 'AWS::CDK::Metadata') {
      continue;
    }
    console.log(`  ${resource.Type.padEnd(32)} ${id}`);
    const properties = resource.Properties;
    const container = properties.PrimaryContainer;
    if (container !== undefined) {
      console.log(`      image     ${readable(container.Image)}\n      artifact  ${readable(container.ModelDataUrl)}`);
    }
    for (const variant of properties.ProductionVariants ?? []) {
      console.log(`      variant   ${variant.VariantName}: ${variant.InitialInstanceCount} x ${variant.InstanceType}`);
    }
    for (const statement of properties.PolicyDocument?.Statement ?? []) {
      const condition = statement.Condition === undefined ? '' : ` if ${Object.values(statement.Condition)
        .flatMap((conditions) => Object.entries(conditions).map(([key, value]) => `${key} = ${readable(value)}`)).join(' and ')}`;
      console.log(`      allows    ${[statement.Action].flat().join(', ')}`);
      console.log(`                on ${[statement.Resource].flat().map(readable).join(', ')}${condition}`);
    }
  }
}

const started = Date.now();
try {
  heading(`What is in ${model}`);
  node(path.join('bin', 'cdk-tensorflow-serving.js'), 'inspect', model);

  node('-r', 'ts-node/register/transpile-only', path.join(example, 'app.ts'), {
    CDK_OUTDIR: out,
    TS_NODE_PROJECT: path.join(root, 'tsconfig.dev.json'),
  });

  heading('How it is packed');
  for (const file of fs.readdirSync(out).filter((name) => name.endsWith('.tar.gz'))) {
    console.log(`  ${file}, ${fs.statSync(path.join(out, file)).size} bytes`);
    require('tar').list({ file: path.join(out, file), sync: true, onReadEntry: (entry) => console.log(`    ${entry.path}`) });
  }

  for (const [stack, where] of [['ServeSavedModel', 'in account 123456789012, region us-east-1'], ['ServeSavedModelAnywhere', 'in any account and region']]) {
    heading(`What \`cdk deploy ${stack}\` would make ${where}`);
    show(JSON.parse(fs.readFileSync(path.join(out, `${stack}.template.json`), 'utf-8')));
  }
  console.log(`\nDone in ${((Date.now() - started) / 1000).toFixed(1)} s. To deploy it: cd ${example} && npx cdk deploy ServeSavedModelAnywhere`);
} finally {
  fs.rmSync(out, { recursive: true, force: true });
}
