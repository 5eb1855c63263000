// The door: show a password, send a full code at once, put the focus on the summary of errors.

for (const field of document.querySelectorAll('input[type="password"]')) {
  const button = document.createElement('button')
  const words = document.documentElement.lang.startsWith('zh') ? ['显示', '隐藏'] : ['Show', 'Hide']
  button.type = 'button'
  button.className = 'btn btn-quiet'
  button.textContent = words[0]
  button.setAttribute('aria-controls', field.id)
  button.setAttribute('aria-pressed', 'false')
  button.addEventListener('click', () => {
    const shown = field.type === 'text'
    field.type = shown ? 'password' : 'text'
    button.textContent = words[shown ? 0 : 1]
    button.setAttribute('aria-pressed', String(!shown))
  })
  const line = document.createElement('div')
  line.className = 'password-line'
  field.replaceWith(line)
  line.append(field, button)
}

for (const form of document.querySelectorAll('[data-code-form]')) {
  const field = form.querySelector('input[name="code"]')
  field?.addEventListener('input', () => {
    if (/^\d{6}$/.test(field.value.trim())) form.requestSubmit()
  })
}

// The passkey goes in a form of its own: it carries the same wish as the box above the code.
const wish = document.querySelector('[data-code-form] input[name="remember"]')
const twin = document.querySelector('#webauthn_form input[name="remember"]')
if (wish && twin) {
  const copy = () => { twin.value = wish.checked ? 'on' : '' }
  wish.addEventListener('change', copy)
  copy()
}

for (const form of document.querySelectorAll('form[data-once]')) {
  form.addEventListener('submit', () => {
    for (const button of form.querySelectorAll('button[type="submit"]')) {
      window.setTimeout(() => { button.disabled = true }, 0)
    }
  })
}

document.querySelector('[data-focus]')?.focus()
