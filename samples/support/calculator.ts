import { Room, RpcError } from 'framewire';
import type { Place } from './test-pattern.js';

/** Lets others call `divide` of it, with payloads such as `7/2`. */
export class Calculator implements AsyncDisposable {
  readonly #room = new Room();

  static async join({ url, token, signal }: Place): Promise<Calculator> {
    const calculator = new Calculator();
    calculator.#room.registerRpcMethod('divide', ({ payload }) => {
      const [dividend = NaN, divisor = NaN] = payload.split('/').map(Number);
      if (divisor === 0) throw new RpcError(1, 'division by zero', payload);
      return String(dividend / divisor);
    });
    await calculator.#room.connect(url, await token('calculator'), { signal });
    return calculator;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#room.disconnect();
  }
}
