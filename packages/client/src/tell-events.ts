import type { AvailabilityEvent } from '@weft/breaker';
import type { Registry } from '@weft/registry';
import type { TellEvent } from './client-events.js';

/** Tells how old the lists are of services that `isCalled`. @returns stops that */
export function tellOfRegistry(registry: Registry, isCalled: (service: string) => boolean, told: TellEvent): () => void {
  const onStale = ({ name, ageMs }: { readonly name: string; readonly ageMs: number }) => {
    if (isCalled(name)) told('discovery.stale', { service: name, ageMs });
  };
  const onRecovered = ({ name }: { readonly name: string }) => {
    if (isCalled(name)) told('discovery.recovered', { service: name });
  };
  registry.on('stale', onStale);
  registry.on('recovered', onRecovered);
  return () => {
    registry.off('stale', onStale);
    registry.off('recovered', onRecovered);
  };
}

/** Tells who is left alone, and who is back. */
export function tellOfAvailability(service: string, event: AvailabilityEvent, told: TellEvent): void {
  const instance = event.instance?.id ?? '';
  if (event.type === 'ejected') told('instance.ejected', { service, instance, reason: event.reason ?? '' });
  if (event.type === 'restored') told('instance.restored', { service, instance });
}
