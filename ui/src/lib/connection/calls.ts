import { client, told } from '$lib/api/client';
import type { Id } from '$lib/api/types';
import type { BundleView, ConnectInput, ConnectionView, Decision } from './types';

/** What a connected desktop can be asked about its connection. */
export const calls = {
  connection: () => told<ConnectionView | null | undefined>(client.GET('/api/v1/connection')),
  connect: (body: ConnectInput) => told<ConnectionView>(client.POST('/api/v1/connection', { body })),
  syncNow: () => told<void>(client.POST('/api/v1/connection/sync')),
  bundles: () => told<BundleView[]>(client.GET('/api/v1/connection/outbox')),
  decide: (id: Id, how: Decision) =>
    told<void>(client.POST('/api/v1/connection/outbox/{id}', { params: { path: { id } }, body: { how } })),
};
