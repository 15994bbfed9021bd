// A setting that is a number: applied when it is left or Enter is pressed, not while it is typed.

interface NumberSettingProps {
  /** Its test id. */
  readonly name: string
  readonly label: string
  readonly note: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step?: number
  readonly onChange: (value: number) => void
}

export function NumberSetting({ name, label, note, value, min, max, step = 1, onChange }: NumberSettingProps) {
  const apply = (input: HTMLInputElement): void => {
    if (input.checkValidity() && input.value !== '' && input.valueAsNumber !== value) onChange(input.valueAsNumber)
  }
  return (
    <label className="setting-text">
      <span>
        {label}
        <small>{note}</small>
      </span>
      <input
        type="number"
        data-testid={name}
        min={min}
        max={max}
        step={step}
        defaultValue={value}
        key={value}
        onBlur={(event) => apply(event.currentTarget)}
        onKeyDown={(event) => event.key === 'Enter' && apply(event.currentTarget)}
      />
    </label>
  )
}
