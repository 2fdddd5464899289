/** A part of a template. */
type Json = unknown;

/** The logical ids that a part of a template refers to. */
function references(value: Json): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(references);
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, item]): string[] => {
    switch (name) {
      case 'Ref': return [item as string];
      case 'Fn::GetAtt': return [Array.isArray(item) ? item[0] : (item as string).split('.')[0]];
      case 'Fn::Sub': return [...[item].flat()[0].matchAll(/\$\{([A-Za-z0-9]+)/g)].map(([, id]) => id).concat(references(item));
      default: return references(item);
    }
  });
}

/** What each resource of a template waits for. */
export function waitsOf(template: { toJSON(): { [key: string]: any } }): { [logicalId: string]: string[] } {
  const { Resources } = template.toJSON();
  return Object.fromEntries(Object.entries<any>(Resources).map(([id, { Properties, DependsOn }]) =>
    [id, [...new Set([...references(Properties), ...[DependsOn ?? []].flat()])].filter((other) => other in Resources)]));
}

/** Resources that wait for each other, in the order in which they do; none, where CloudFormation can create them all. */
export function cycleIn(waits: { readonly [logicalId: string]: readonly string[] }): string[] {
  const done = new Set<string>();
  const visit = (id: string, path: string[]): string[] => {
    if (path.includes(id)) {
      return [...path.slice(path.indexOf(id)), id];
    }
    if (done.has(id)) {
      return [];
    }
    const found = waits[id].reduce<string[]>((cycle, next) => cycle.length > 0 ? cycle : visit(next, [...path, id]), []);
    done.add(id);
    return found;
  };
  return Object.keys(waits).reduce<string[]>((cycle, id) => cycle.length > 0 ? cycle : visit(id, []), []);
}
