import { told, untyped } from '$lib/api/client';
import type { Id } from '$lib/api/types';
import type { BundleView, ConnectInput, ConnectionView, DecideEntry } from './types';

const BASE = '/api/v1/connection';

/** What a connected desktop can be asked about its connection. */
export const calls = {
  connection: () => told<ConnectionView | null | undefined>(untyped.GET(BASE)),
  connect: (body: ConnectInput) => told<ConnectionView>(untyped.POST(BASE, { body })),
  syncNow: () => told<void>(untyped.POST(`${BASE}/sync`)),
  bundles: () => told<BundleView[]>(untyped.GET(`${BASE}/outbox`)),
  decide: (id: Id, how: DecideEntry['how']) =>
    told<void>(untyped.POST(`${BASE}/outbox/${encodeURIComponent(id)}`, { body: { how } })),
};
