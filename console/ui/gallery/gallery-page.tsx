import { type ReactNode, useState } from "react";
import { Page } from "../page.tsx";
import { Tabs } from "../tabs.tsx";
import { ControlsGallery } from "./controls-gallery.tsx";
import { DataGallery } from "./data-gallery.tsx";
import { EditorGallery } from "./editor-gallery.tsx";
import { MessagesGallery } from "./messages-gallery.tsx";

/** Every component there is, to look at while building them. */
export function GalleryPage(): ReactNode {
  const [tab, setTab] = useState<"controls" | "messages" | "data" | "editors">("controls");
  return (
    <Page
      title="Components"
      description="Everything that pages are made of. Look at it in both themes, and at the width of a telephone."
      breadcrumbs={[
        { id: "mesh", link: <a href="/console/mesh">Mesh</a> },
        { id: "ui", link: "Components" },
      ]}
    >
      <Tabs
        label="Kinds of components"
        value={tab}
        onChange={setTab}
        tabs={[
          { value: "controls", label: "Controls", content: <ControlsGallery /> },
          { value: "messages", label: "Messages", count: 6, content: <MessagesGallery /> },
          { value: "data", label: "Data", content: <DataGallery /> },
          { value: "editors", label: "Editors", content: <EditorGallery /> },
        ]}
      />
    </Page>
  );
}
