// What a code or a message means.

/** Makes an element with texts and elements in it; texts are never read as HTML. */
function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** A text in which `…` marks code. */
function marked(text) {
  return text.split("`").map((part, i) => (i % 2 ? make("code", { textContent: part }) : part));
}

function severityBadge(severity) {
  return make("span", { className: "badge " + severity, textContent: severity });
}

/** An entry of the catalogue. */
function topicElement(topic) {
  const article = make("article", { className: "topic " + (topic.severity || "") });
  article.append(make("h3", { textContent: topic.title }));
  const facts = make("p", { className: "facts" });
  if (topic.severity) facts.append(severityBadge(topic.severity));
  if (topic.code) facts.append(make("code", { textContent: "AADSTS" + topic.code }));
  if (topic.pattern) facts.append(make("span", { textContent: topic.pattern }));
  if (topic.stage) facts.append(make("span", { textContent: "stage " + topic.stage }));
  article.append(facts, make("h4", { textContent: "Why" }), make("p", {}, ...marked(topic.cause)));
  if (topic.steps.length > 0) {
    article.append(make("h4", { textContent: "How to fix it" }),
      make("ol", {}, ...topic.steps.map((step) => make("li", {}, ...marked(step)))));
  }
  if (topic.references.length > 0) {
    const link = ({ title, url }) =>
      make("li", {}, make("a", { href: url, target: "_blank", rel: "noreferrer noopener", textContent: title }));
    article.append(make("h4", { textContent: "Read more" }),
      make("ul", { className: "links" }, ...topic.references.map(link)));
  }
  if (topic.codes?.length > 1) {
    article.append(make("h4", { textContent: "Codes" }), make("p", { textContent: topic.codes.join(", ") }));
  }
  return article;
}

/** A list of entries; `choose` gets the id of the one that is chosen. */
function entryList(title, entries, choose) {
  const item = (entry) => {
    const button = make("button", { type: "button", className: "link", textContent: entry.title });
    button.addEventListener("click", () => choose(entry.id));
    return make("li", {}, button, " ", severityBadge(entry.severity));
  };
  return make("div", { className: "others" }, make("h3", { textContent: title }), make("ul", {}, ...entries.map(item)));
}

/** Shows an answer; returns it in a sentence. */
function showAnswer(container, answer, choose) {
  container.replaceChildren(...answer.topics.map(topicElement));
  if (answer.others.length > 0) container.append(entryList("Other entries with these words", answer.others, choose));
  if (answer.nearest.length > 0) container.append(entryList("Similar entries", answer.nearest, choose));
  if (answer.topics.length === 0) return "Unknown code or message. Unknown codes are explained on Microsoft's page for sign-in errors.";
  if (answer.topics.length === 1) return answer.topics[0].title;
  return answer.topics.length + " entries: " + answer.topics.map(({ title }) => title).join("; ");
}
