import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

/** A copy of aws-cdk-lib: the one that is compiled with, or the newest. */
export type CdkCopy = 'aws-cdk-lib' | 'aws-cdk-lib-latest';

/**
 * The properties that an L1 class of SageMaker has, down to the last level: `ProductionVariants.ServerlessConfig.MaxConcurrency`.
 *
 * They are in lower case, because the L1s write MemorySizeInMB in another way than CloudFormation.
 */
export function propertiesOf(cdk: CdkCopy, className: string): string[] {
  const file = path.join(__dirname, '..', '..', 'node_modules', cdk, 'aws-sagemaker', 'lib', 'sagemaker.generated.d.ts');
  const interfaces = interfacesIn(ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true), className);
  const walk = (name: string, above: string): string[] => interfaces.get(name)!.flatMap(({ property, type }) => {
    const place = `${above}${property.toLowerCase()}`;
    const inner = [...interfaces.keys()].find((key) => new RegExp(`\\b${className}\\.${key}\\b`).test(type));
    return inner === undefined ? [place] : walk(inner, `${place}.`);
  });
  return walk(`${className}Props`, '').sort();
}

/** The properties that a resource of a template has, in the same way. */
export function propertiesIn(value: unknown, above = ''): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item) => propertiesIn(item, above));
  }
  if (typeof value !== 'object' || value === null || Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'))) {
    return [above];
  }
  return Object.entries(value).flatMap(([key, inner]) => propertiesIn(inner, above === '' ? key.toLowerCase() : `${above}.${key.toLowerCase()}`));
}

interface Member {
  readonly property: string;
  readonly type: string;
}

function interfacesIn(source: ts.SourceFile, className: string): Map<string, Member[]> {
  const found = new Map<string, Member[]>();
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node)) {
      found.set(node.name.text, node.members.filter(ts.isPropertySignature)
        .map((member) => ({ property: member.name.getText(), type: member.type!.getText() })));
    } else if (ts.isModuleDeclaration(node) && node.name.text === className) {
      ts.forEachChild(node.body!, visit);
    }
  };
  ts.forEachChild(source, (node) => {
    if ((ts.isInterfaceDeclaration(node) && node.name.text === `${className}Props`) || ts.isModuleDeclaration(node)) {
      visit(node);
    }
  });
  return found;
}
