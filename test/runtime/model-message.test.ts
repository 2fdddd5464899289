import * as fc from 'fast-check';
import { modelMessage } from '../../src/runtime/model-message';

/** TensorFlow Serving's message for a string where a number belongs. */
const REFUSED = 'Failed to process element: 0 of \'instances\' list. Error: INVALID_ARGUMENT: JSON Value: "][" Type: String is not of expected type: float';
const TENSORFLOW_SERVING = `{\n    "error": ${JSON.stringify(REFUSED)}\n}`;

test.each<[string, string, string]>([
  ['TensorFlow Serving', TENSORFLOW_SERVING, REFUSED],
  ['an older TensorFlow Serving', '{ "error": "Malformed request: POST /v1/models/m:predict" }', 'Malformed request: POST /v1/models/m:predict'],
  ['the container in front', '{"error":"invalid tfs-method"}', 'invalid tfs-method'],
  ['the container about a type', '{"error": "Unsupported Media Type: application/x-npy"}', 'Unsupported Media Type: application/x-npy'],
  ['falcon around TensorFlow Serving', JSON.stringify({ title: '400 Bad Request', description: TENSORFLOW_SERVING }), REFUSED],
  ['falcon', '{"title": "400 Bad Request", "description": "no such thing"}', 'no such thing'],
  ['falcon without a description', '{"title": "500 Internal Server Error"}', '500 Internal Server Error'],
  ['inference code', '{"error": "unsupported content type application/x-npy"}', 'unsupported content type application/x-npy'],
  ['inference code that passes TensorFlow Serving\'s error on', JSON.stringify({ error: TENSORFLOW_SERVING }), REFUSED],
  ['inference code with a list', '{"error": ["a", 1]}', '["a",1]'],
  ['inference code with an object', '{"error": {"message": "too long", "code": 7}}', 'too long'],
  ['inference code with a number', '{"error": 7}', '7'],
  ['a multi-model endpoint', '{"error": "Model m is not loaded yet."}', 'Model m is not loaded yet.'],
  ['a multi-model endpoint in plain text', 'Timed out after 60 seconds', 'Timed out after 60 seconds'],
  ['something with a message', '{"code": 404, "type": "ModelNotFound", "message": "Model not found"}', 'Model not found'],
  ['nginx', '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n', '502 Bad Gateway'],
  ['another proxy', '<!DOCTYPE html><html><body><h1>504</h1>\n<p>Gateway Time-out</p></body></html>', '504 Gateway Time-out'],
  ['nobody', '', ''],
  ['a blank', ' \n', ''],
  ['Python', '<lambda>() missing 1 required positional argument', '<lambda>() missing 1 required positional argument'],
  ['Python in JSON', '{"error": "<lambda>() missing 1 required positional argument"}', '<lambda>() missing 1 required positional argument'],
  ['a JSON string', '"nothing here"', 'nothing here'],
  ['JSON without a message', '{"predictions": [1]}', '{"predictions": [1]}'],
  ['a JSON list', '[1, 2]', '[1, 2]'],
  ['JSON with an empty error', '{"error": ""}', ''],
  ['JSON with a null error', '{"error": null, "message": "from elsewhere"}', 'from elsewhere'],
])('from %s', (_, body, message) => {
  expect(modelMessage(body)).toBe(message);
});

describe('a body that was cut', () => {
  test.each<[string, string]>([
    ['{\n    "error": "Failed to process el', 'Failed to process el...'],
    ['{"error":"a \\"quoted\\', 'a "quoted...'],
    ['{"error":"caf\\u00e9 \\u00e', 'café...'],
    ['{"error":"caf\\u00e9 \\u', 'café...'],
    ['{"error":"tab\\there \\\\', 'tab\there \\...'],
    ['{"error":"all of it"', 'all of it'],
    ['{"error":"all of it"\n', 'all of it'],
    ['{"title": "400 Bad Request", "description": "{\\n    \\"error\\": \\"JSON Value: \\\\\\"][\\\\\\" Ty', 'JSON Value: "][" Ty...'],
    ['{"title": "400 Bad Request", "description": "{\\n    \\"error\\": \\"all of it\\"\\n}', 'all of it'],
    ['{"title": "400 Bad Request", "description": "{\\n    \\"error\\": \\"all of it\\"\\', 'all of it'],
    ['{"title": "400 Bad Re', '{"title": "400 Bad Re'],
    ['{"err', '{"err'],
    ['<html>\r\n<head><title>502 Bad Gate', '502 Bad Gate'],
    ['<html>\r\n<he', ''],
  ])('%j', (body, message) => {
    expect(modelMessage(body)).toBe(message);
  });

  test('to 2048 characters gives as much of the message as came', () => {
    const message = `JSON Value: ${JSON.stringify('é'.repeat(3000))}`;
    const cut = modelMessage(JSON.stringify({ title: '400 Bad Request', description: JSON.stringify({ error: message }) }).slice(0, 2048));
    expect(cut.endsWith('...')).toBe(true);
    expect(cut.length).toBeGreaterThan(1900);
    expect(message.startsWith(cut.slice(0, -3))).toBe(true);
  });

  test('anywhere still gives a beginning of the message, or the body', () => {
    const body = JSON.stringify({ title: '400 Bad Request', description: TENSORFLOW_SERVING });
    fc.assert(fc.property(fc.nat({ max: body.length }), (length) => {
      const message = modelMessage(body.slice(0, length));
      const beginning = message.replace(/\.\.\.$/, '');
      expect([REFUSED, TENSORFLOW_SERVING, body].some((text) => text.startsWith(beginning))).toBe(true);
    }));
  });
});

test('a message with raw line ends, which is no JSON, is found', () => {
  expect(modelMessage('{"error": "first\nsecond"}')).toBe('first\nsecond');
});

test('whatever comes, there is a message', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.string().map((text) => `{"error":"${text}`)), (body) => {
    expect(typeof modelMessage(body)).toBe('string');
  }), { numRuns: 500 });
});
