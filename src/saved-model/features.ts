import { compareBytes } from './byte-order';
import { Graph, type GraphBody, type GraphNode, referenceOf, type TensorReference } from './graph';
import { type Constants, isParsing, parsedFeatures } from './parsing-node';

/** A feature that a signature reads from examples. */
export interface SignatureFeature {
  /** The name in the example. */
  readonly name: string;
  /** How the graph parses it: as a tensor with a shape, as a sparse or as a ragged one. */
  readonly kind: 'dense' | 'sparse' | 'ragged';
  /** `DT_FLOAT`, `DT_INT64` or `DT_STRING`. */
  readonly dtype: string;
  /** The shape of a dense feature, where a first dimension of -1 has any size; null for others, which have any number of values. */
  readonly shape: readonly number[] | null;
  /** Whether each example must have it: it is dense, and there is no value to take its place. */
  readonly isRequired: boolean;
}

/** A graph is no honest one that takes more steps than this, or nests calls deeper. */
const MAX_STEPS = 20_000;
const MAX_DEPTH = 64;

/** Operations that give their first input as it is, or with the same elements in another form; by name, what that leaves as it is. */
const PASSING = ['Identity', 'IdentityN', 'StopGradient', 'PreventGradient', 'Snapshot', 'EnsureShape', 'PlaceholderWithDefault'];
const RESHAPING = ['Reshape', 'ExpandDims', 'Squeeze', 'StridedSlice', 'Slice'];

/** Operations that read no features, whatever they are given. */
const HARMLESS = ['Shape', 'ShapeN', 'Size', 'Rank', 'NoOp', 'Assert'];

const CALLS = ['PartitionedCall', 'StatefulPartitionedCall', 'BatchFunction'];

/** A body of nodes, and for a function the call that it is run by. */
interface Frame {
  readonly body: GraphBody;
  readonly depth: number;
  readonly call?: { readonly node: GraphNode; readonly frame: Frame };
}

/** A tensor, where the nodes are that take it. */
interface Place {
  readonly frame: Frame;
  readonly reference: TensorReference;
}

/** Says that what a graph reads cannot be told. */
class UnknownFeatures extends Error {}

/**
 * The features that a graph reads from the examples in a tensor, by name, byte by byte.
 *
 * The tensor is followed to all nodes that parse it, into functions as well.
 *
 * @param tensorName the tensor of serialized examples, such as `input_example_tensor:0`
 * @returns undefined where nothing parses the tensor, or where it also goes to something that could read other features
 */
export function featuresOf(graph: Graph, tensorName: string): SignatureFeature[] | undefined {
  try {
    const features = new FeatureReader(graph).read({ frame: { body: graph.main, depth: 0 }, reference: referenceOf(tensorName) });
    return features?.sort((a, b) => compareBytes(a.name, b.name));
  } catch (error) {
    if (error instanceof UnknownFeatures) {
      return undefined;
    }
    throw error;
  }
}

class FeatureReader {
  private readonly features = new Map<string, SignatureFeature>();
  private readonly places: Place[] = [];
  private hasParsed = false;
  private steps = 0;

  constructor(private readonly graph: Graph) {}

  /** Goes from a tensor of examples to all that take it; undefined where none of that parses it. */
  public read(start: Place): SignatureFeature[] | undefined {
    this.places.push(start);
    for (let place = this.places.pop(); place !== undefined; place = this.places.pop()) {
      const { frame, reference } = place;
      this.step();
      if (frame.body.returns(reference)) {
        throw new UnknownFeatures();
      }
      for (const { node, position } of frame.body.consumersOf(reference)) {
        this.visit(frame, node, position);
      }
    }
    return this.hasParsed ? [...this.features.values()] : undefined;
  }

  private visit(frame: Frame, node: GraphNode, position: number): void {
    this.step();
    if (isParsing(node)) {
      this.parse(frame, node, position);
    } else if (node.op === 'IdentityN') {
      this.places.push({ frame, reference: { name: node.name, index: position } });
    } else if (position === 0 && (PASSING.includes(node.op) || RESHAPING.includes(node.op))) {
      this.places.push({ frame, reference: { name: node.name, index: 0 } });
    } else if (!HARMLESS.includes(node.op)) {
      this.enter(frame, node, position);
    }
  }

  private enter(frame: Frame, node: GraphNode, position: number): void {
    const called = CALLS.includes(node.op) ? node.attributes().get('f')?.func?.name : node.op;
    const body = called !== undefined ? this.graph.functionNamed(called) : undefined;
    const parameter = body?.parameters?.[position];
    if (body === undefined || parameter === undefined || frame.depth === MAX_DEPTH) {
      throw new UnknownFeatures();
    }
    this.places.push({ frame: { body, depth: frame.depth + 1, call: { node, frame } }, reference: { name: parameter, index: 0 } });
  }

  private parse(frame: Frame, node: GraphNode, position: number): void {
    const constants: Constants = {
      at: (index) => this.constant(frame, node.inputs[index], PASSING),
      withElementsOf: (index) => this.constant(frame, node.inputs[index], [...PASSING, 'Reshape']),
    };
    const parsed = position === 0 ? parsedFeatures(node, constants) : undefined;
    if (parsed === undefined) {
      throw new UnknownFeatures();
    }
    this.hasParsed = true;
    for (const feature of parsed) {
      const known = this.features.get(feature.name);
      const merged = known !== undefined ? mergedFeature(known, feature) : feature;
      if (merged === undefined) {
        throw new UnknownFeatures();
      }
      this.features.set(feature.name, merged);
    }
  }

  /** The constant that a tensor comes from; undefined where it is computed. */
  private constant(from: Frame, input: TensorReference | undefined, passing: readonly string[]): ReturnType<Constants['at']> {
    let frame = from;
    let reference = input;
    while (reference !== undefined) {
      this.step();
      const node = frame.body.nodes.get(reference.name);
      if (node?.op === 'Const') {
        return node.attributes().get('value')?.tensor;
      }
      if (node !== undefined) {
        reference = passing.includes(node.op) ? node.inputs[node.op === 'IdentityN' ? reference.index : 0] : undefined;
      } else if (frame.call !== undefined) {
        const { name } = reference;
        reference = frame.call.node.inputs[frame.body.parameters?.indexOf(name) ?? -1];
        frame = frame.call.frame;
      } else {
        return undefined;
      }
    }
    return undefined;
  }

  /** Graphs may go in circles. */
  private step(): void {
    this.steps++;
    if (this.steps > MAX_STEPS) {
      throw new UnknownFeatures();
    }
  }
}

/** What two nodes want of a feature; undefined if no example can please both. */
function mergedFeature(a: SignatureFeature, b: SignatureFeature): SignatureFeature | undefined {
  if (a.dtype !== b.dtype) {
    return undefined;
  }
  if (a.kind !== 'dense' || b.kind !== 'dense') {
    return a.kind === 'dense' ? a : b;
  }
  return JSON.stringify(a.shape) === JSON.stringify(b.shape) ? { ...a, isRequired: a.isRequired || b.isRequired } : undefined;
}
