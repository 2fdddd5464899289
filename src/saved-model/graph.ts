import { PARSING_ATTRIBUTES, WIRED_FUNCTION, WIRED_NODE } from './graph-descriptors';
import { decode, type Message } from './wire';

type Of<M> = M extends Message<infer T> ? T : never;

/** The attributes of a node that name constants, functions and lists. */
export type Attributes = Of<typeof PARSING_ATTRIBUTES>['attr'];

/** A tensor: an output of a node, or a parameter of a function. */
export interface TensorReference {
  /** The name of the node or of the parameter. */
  readonly name: string;
  /** Which of several. */
  readonly index: number;
}

/** A node of a graph or of a function. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** The tensors that it takes; those that it only waits for are left out. */
  readonly inputs: readonly TensorReference[];
  /** The attributes, which are decoded when they are asked for. */
  attributes(): Attributes;
}

/** A node that takes a tensor. */
export interface Consumer {
  readonly node: GraphNode;
  /** The place of the tensor among the inputs. */
  readonly position: number;
}

/** Nodes that are wired to each other: those of the graph, or of one of its functions. */
export class GraphBody {
  /** The nodes by name. */
  public readonly nodes = new Map<string, GraphNode>();
  private readonly consumers = new Map<string, Consumer[]>();
  private readonly returned: ReadonlySet<string>;

  /**
   * @param parameters the names of the parameters of a function; undefined if one of them stands for several tensors
   * @param returned the tensors that a function gives back
   */
  constructor(nodes: readonly Buffer[], readonly parameters: readonly string[] | undefined = [], returned: readonly string[] = []) {
    this.returned = new Set(returned.map((text) => keyOf(referenceOf(text))));
    for (const bytes of nodes) {
      const { name, op, input } = decode(WIRED_NODE, bytes);
      const inputs = input.filter((text) => !text.startsWith('^')).map(referenceOf);
      const node: GraphNode = { name, op, inputs, attributes: () => decode(PARSING_ATTRIBUTES, bytes).attr };
      this.nodes.set(name, node);
      for (const [position, reference] of inputs.entries()) {
        const key = keyOf(reference);
        const known = this.consumers.get(key);
        if (known === undefined) {
          this.consumers.set(key, [{ node, position }]);
        } else {
          known.push({ node, position });
        }
      }
    }
  }

  /** The nodes that take a tensor. */
  public consumersOf(reference: TensorReference): readonly Consumer[] {
    return this.consumers.get(keyOf(reference)) ?? [];
  }

  /** Whether the function gives a tensor back to its caller. */
  public returns(reference: TensorReference): boolean {
    return this.returned.has(keyOf(reference));
  }
}

/** A graph and its functions, which are decoded when they are first asked for. */
export class Graph {
  private decodedMain?: GraphBody;
  private library?: ReadonlyMap<string, Of<typeof WIRED_FUNCTION>>;
  private readonly bodies = new Map<string, GraphBody>();

  constructor(private readonly nodes: readonly Buffer[], private readonly functions: readonly Buffer[]) {}

  /** The graph itself. */
  public get main(): GraphBody {
    this.decodedMain ??= new GraphBody(this.nodes);
    return this.decodedMain;
  }

  /** A function; undefined if there is none with the name. */
  public functionNamed(name: string): GraphBody | undefined {
    const known = this.bodies.get(name);
    if (known !== undefined) {
      return known;
    }
    this.library ??= new Map(this.functions.map((bytes) => decode(WIRED_FUNCTION, bytes)).map((each) => [each.signature?.name ?? '', each]));
    const definition = this.library.get(name);
    if (definition === undefined) {
      return undefined;
    }
    const parameters = definition.signature?.inputArg ?? [];
    const areSingle = parameters.every(({ numberAttr, typeListAttr }) => numberAttr === '' && typeListAttr === '');
    const body = new GraphBody(
      definition.nodeDef,
      areSingle ? parameters.map((parameter) => parameter.name) : undefined,
      definition.ret.map(({ value }) => value),
    );
    this.bodies.set(name, body);
    return body;
  }
}

/** The tensor that a text stands for: `node` and `node:1` in a graph, `parameter` and `node:output:1` in a function. */
export function referenceOf(text: string): TensorReference {
  const parts = text.split(':');
  return { name: parts[0], index: parts.length > 1 ? Number(parts[parts.length - 1]) : 0 };
}

function keyOf({ name, index }: TensorReference): string {
  return `${name}:${index}`;
}
