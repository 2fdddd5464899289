import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tellCloudFormation } from '../../src/private/cloudformation-callback';

jest.mock('node:timers/promises', () => ({ setTimeout: jest.fn(() => Promise.resolve()) }));

const received: { method?: string; type?: string; body: string }[] = [];
let statuses: number[] = [];
let server: Server;

beforeAll((done) => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += chunk; });
    request.on('end', () => {
      received.push({ method: request.method, type: request.headers['content-type'], body });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  }).listen(0, '127.0.0.1', done);
});

afterAll((done) => {
  server.close(done);
});

beforeEach(() => {
  received.length = 0;
});

const tell = (): Promise<void> => tellCloudFormation(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, 'the answer', { Status: 'SUCCESS' });

test('it is put to the address without a type, as the address is signed for', async () => {
  await tell();
  expect(received).toEqual([{ method: 'PUT', type: '', body: '{"Status":"SUCCESS"}' }]);
});

test('what is refused twice is sent a third time', async () => {
  statuses = [500, 403];
  await tell();
  expect(received).toHaveLength(3);
});

test('what is refused three times is an error', async () => {
  statuses = [500, 500, 403];
  await expect(tell()).rejects.toThrow('CloudFormation did not take the answer: 403');
  expect(received).toHaveLength(3);
});
