import 'reflect-metadata';
import { Readable } from 'node:stream';
import { Body, Controller, Get, Inject, Module, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Gate } from './gate.js';
import { mountSuite } from './mount-suite.js';

@Controller()
class OrdersController {
  readonly #gate: Gate;

  constructor(@Inject(Gate) gate: Gate) {
    this.#gate = gate;
  }

  @Get('orders/:id')
  find(@Param('id') id: string, @Query('page') page: string) {
    return { id, page };
  }

  @Post('orders')
  create(@Body() order: unknown) {
    return order;
  }

  @Get('stream')
  stream() {
    return new StreamableFile(Readable.from(this.#pieces(), { objectMode: false }));
  }

  @Get('slow')
  async slow() {
    await this.#gate.pass();
    return { done: true };
  }

  @Get('throws')
  throws() {
    throw new Error('out of stock');
  }

  async *#pieces() {
    yield 'one';
    await this.#gate.pass();
    yield 'two';
  }
}

@Module({ controllers: [OrdersController] })
class OrdersModule {}

mountSuite('NestJS 12', async (gate) => {
  const module = { module: OrdersModule, providers: [{ provide: Gate, useValue: gate }] };
  const app = await NestFactory.create(module, { logger: false });
  await app.init();
  return { handler: app.getHttpAdapter().getInstance(), close: () => app.close() };
});
