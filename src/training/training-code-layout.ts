import { isShellScript } from './entry-point';
import type { CodeUse, CodeWarning } from './training-code-source';
import { compareVersions } from '../images/version-numbers';
import type { Violation } from '../private/errors';

const REQUIREMENTS = 'requirements.txt';
const SETUP = 'setup.py';

/** What scripts name the directory by that the model has to be in. */
const MODEL_DIRECTORY = /SM_MODEL_DIR|\/opt\/ml\/model|model[_-]dir|MODEL_DIR/;

/** Code that is to be run. */
export interface CodeLayout {
  /** The paths in the archive. */
  readonly paths: readonly string[];
  readonly entryPoint: string;
  readonly use: CodeUse;
}

/** Finds fault with code that the container would not run, or not as it is meant. */
export function checkLayout(layout: CodeLayout): Violation[] {
  const { paths, entryPoint, use } = layout;
  return [
    ...paths.includes(entryPoint) ? [] : [missingEntryPoint(layout)],
    ...use.isStartedByContainer && !isShellScript(entryPoint) ? [...checkRequirements(layout), ...checkPackage(layout)] : [],
  ];
}

/** What to tell who runs such code. */
export function warningsOf({ paths, entryPoint, use, read }: CodeLayout & { read(path: string): Uint8Array }): CodeWarning[] {
  const scripts = paths.filter((name) => /\.(?:py|sh)$/.test(name));
  return [
    ...use.isStartedByContainer && isShellScript(entryPoint) && paths.includes(REQUIREMENTS) ? [{
      id: 'requirementsOfShellScript',
      message: `${REQUIREMENTS} is not installed before a shell script is started: ${entryPoint} has to do so itself, with \`pip install -r ${REQUIREMENTS}\``,
    }] : [],
    ...scripts.length > 0 && !scripts.some((name) => MODEL_DIRECTORY.test(Buffer.from(read(name)).toString('latin1'))) ? [{
      id: 'noModelDirectory',
      message: 'Nothing in the training code names SM_MODEL_DIR, the directory that the model has to be left in: the job may have no model in the end',
    }] : [],
  ];
}

function missingEntryPoint({ paths, entryPoint }: CodeLayout): Violation {
  const name = entryPoint.slice(entryPoint.lastIndexOf('/') + 1);
  const elsewhere = paths.find((other) => other === name || other.endsWith(`/${name}`));
  const scripts = paths.filter((other) => /^[^/]+\.(?:py|sh)$/.test(other) && other !== '__init__.py' && other !== SETUP);
  return {
    property: 'code.entryPoint',
    rule: 'must be a file in the directory',
    got: entryPoint,
    remedy: elsewhere !== undefined ? `write ${elsewhere}` : scripts.length > 0 ? `it has ${scripts.join(', ')}` : 'it has no script at its root',
  };
}

function checkRequirements({ paths, use: { networkIsolation, version } }: CodeLayout): Violation[] {
  const has = paths.includes(REQUIREMENTS);
  const deeper = paths.find((name) => name.endsWith(`/${REQUIREMENTS}`));
  if (has && networkIsolation) {
    return [{
      property: 'networkIsolation',
      rule: `would keep the container from installing ${REQUIREMENTS}, without which the script is not started`,
      got: true,
      remedy: 'put the packages beside the script with `dependencies`, or build an image with them',
    }];
  }
  if (has && version !== undefined && !installsRequirements(version)) {
    return [{
      property: 'code',
      rule: `has ${REQUIREMENTS}, which the image of TensorFlow ${version} does not install`,
      remedy: `use TensorFlow 1.15.2 to 1.15.5 or 2.2 and later, or a shell script that calls \`pip install -r ${REQUIREMENTS}\` and then the Python script`,
    }];
  }
  return has || deeper === undefined ? [] : [{
    property: 'code',
    rule: `has ${deeper}, and only ${REQUIREMENTS} at its root is installed`,
    remedy: `move it there, or add a ${REQUIREMENTS} with the line \`-r ${deeper}\`, or an empty one if nothing is to be installed`,
  }];
}

/** With a setup.py the container installs the code as a package, and starts the script as a module of it. */
function checkPackage({ paths, entryPoint }: CodeLayout): Violation[] {
  return paths.includes(SETUP) && entryPoint.includes('/') ? [{
    property: 'code.entryPoint',
    rule: `must be at the root of code with a ${SETUP}, because the container starts it as a module`,
    got: entryPoint,
    remedy: `move it there, or leave out ${SETUP}`,
  }] : [];
}

function installsRequirements(version: string): boolean {
  return compareVersions(version, '2.2') >= 0 || (compareVersions(version, '1.15.2') >= 0 && compareVersions(version, '2.0') < 0);
}
