// Small parts that several views use: menus, dialogs, bars between panes, states without content.
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { Icon, type IconName } from './icons'

export interface MenuItem {
  label: string
  hint?: string | undefined
  icon?: IconName
  disabled?: boolean
  run: () => void
}

/** A button that opens a list of actions. */
export function Menu({ label, icon, items, accent }: { label: string; icon: IconName; items: (MenuItem | 'line')[]; accent?: boolean }): JSX.Element {
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()

  useEffect(() => {
    if (!open) return
    box.current?.querySelector<HTMLElement>('[role=menuitem]:not([disabled])')?.focus()
    const outside = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false)
    }
    document.addEventListener('pointerdown', outside)
    return () => document.removeEventListener('pointerdown', outside)
  }, [open])

  const move = (event: KeyboardEvent) => {
    const all = [...(box.current?.querySelectorAll<HTMLElement>('[role=menuitem]:not([disabled])') ?? [])]
    const at = all.indexOf(document.activeElement as HTMLElement)
    const go = (to: number) => {
      event.preventDefault()
      all.at(to % all.length)?.focus()
    }
    if (event.key === 'ArrowDown') go(at + 1)
    else if (event.key === 'ArrowUp') go(at - 1)
    else if (event.key === 'Home') go(0)
    else if (event.key === 'End') go(-1)
    else if (event.key === 'Tab') setOpen(false)
    else if (event.key === 'Escape') {
      event.stopPropagation()
      setOpen(false)
      button.current?.focus()
    }
  }

  return (
    <div class="menu" ref={box} onKeyDown={open ? move : undefined}>
      <button
        ref={button}
        type="button"
        class={accent ? 'button accent' : 'button'}
        aria-haspopup="menu"
        aria-label={label}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        <Icon name={icon} />
        <span class="wide">{label}</span>
        <Icon name="down" size={12} />
      </button>
      {open && (
        <div id={id} class="menu-list" role="menu" aria-label={label}>
          {items.map((item, at) =>
            item === 'line' ? (
              <div key={at} class="menu-line" role="separator" />
            ) : (
              <button
                key={at}
                type="button"
                role="menuitem"
                tabIndex={-1}
                disabled={item.disabled}
                onClick={() => {
                  setOpen(false)
                  button.current?.focus()
                  item.run()
                }}
              >
                {item.icon !== undefined ? <Icon name={item.icon} /> : <span class="icon-space" />}
                <span class="menu-label">{item.label}</span>
                {item.hint !== undefined && <span class="menu-hint">{item.hint}</span>}
              </button>
            ),
          )}
        </div>
      )}
    </div>
  )
}

/** A dialog above the page. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }): JSX.Element {
  const box = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const dialog = box.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={box}
      class="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => event.target === box.current && onClose()}
    >
      <div class="dialog-box">
        <header>
          <h2 id={id}>{title}</h2>
          <button type="button" class="button quiet" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}

/** A bar between two panes, for the pointer and the arrow keys. */
export function Splitter({ label, value, min, max, onChange }: { label: string; value: number; min: number; max: number; onChange: (value: number) => void }): JSX.Element {
  const limit = (wanted: number) => Math.round(Math.min(max, Math.max(min, wanted)))
  return (
    <div
      class="splitter"
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation="vertical"
      aria-valuenow={Math.round(value)}
      aria-valuemin={min}
      aria-valuemax={max}
      onKeyDown={(event) => {
        const step = event.shiftKey ? 64 : 16
        if (event.key === 'ArrowLeft') onChange(limit(value - step))
        else if (event.key === 'ArrowRight') onChange(limit(value + step))
        else return
        event.preventDefault()
      }}
      onPointerDown={(event) => {
        event.preventDefault()
        const bar = event.currentTarget
        bar.setPointerCapture(event.pointerId)
        const from = event.clientX - value
        const move = (moved: PointerEvent) => onChange(limit(moved.clientX - from))
        bar.addEventListener('pointermove', move)
        bar.addEventListener('pointerup', () => bar.removeEventListener('pointermove', move), { once: true })
      }}
    />
  )
}

/** What stands where nothing is. */
export function Nothing({ icon, title, children }: { icon?: IconName; title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="nothing">
      {icon !== undefined && <Icon name={icon} size={24} />}
      <p class="nothing-title">{title}</p>
      {children !== undefined && <div class="nothing-text">{children}</div>}
    </div>
  )
}

/** Shows that something takes its time, but not before it does. */
export function Busy({ label }: { label: string }): JSX.Element {
  return (
    <div class="busy" role="status">
      <span class="busy-bar" aria-hidden="true" />
      {label}
    </div>
  )
}
