import { setTimeout as pause } from "node:timers/promises";
import { fn, service } from "functions-mesh";
import * as v from "valibot";

const BOOKS = [
  { isbn: "978-0141439518", title: "Pride and Prejudice", author: "Jane Austen" },
  { isbn: "978-0141439587", title: "Emma", author: "Jane Austen" },
  { isbn: "978-0141441146", title: "Jane Eyre", author: "Charlotte Brontë" },
];

await service(
  "catalogue",
  {
    search: fn(
      { input: v.object({ text: v.string() }), description: "Finds books by title or author" },
      async (wish) => {
        await pause(Math.random() * 4);
        const words = wish.text.toLowerCase();
        return { books: BOOKS.filter((book) => `${book.title} ${book.author}`.toLowerCase().includes(words)) };
      },
    ),
    stock: fn({ input: v.object({ isbn: v.string() }), description: "How many are left" }, () => ({ left: 12 })),
  },
  { version: "4.0.2", description: "Every book there is" },
).start();
